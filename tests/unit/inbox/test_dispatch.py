"""Events in any order, twice, too early, too late, or of somebody else: one and the same end."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import select
from tests_support import stripe
from tests_support.stripe import FakeGateway

from donations.giving.models import Checkout, Counter, Dispute, Gift, Membership, Receipt, Refund
from donations.inbox.dispatch import event_applier
from donations.inbox.intake import store
from donations.inbox.models import StripeEvent
from donations.jobs.models import Job
from donations.jobs.outbox import replay
from donations.jobs.worker import Worker
from donations.kernel.database import Base
from donations.ledger.books import balances
from donations.stripe_gateway.errors import StripeUnavailable
from donations.stripe_gateway.signatures import Hint
from donations.supporters.models import Supporter

DONATION = "abcdefghjkmn"
SECRETS = (
    b"reader@",
    b"example.org",
    b"Vera",
    b"pi_1",
    b"cus_1",
    b"sub_1",
    b"cs_1",
    b"in_1",
    b"ch_1",
    b"re_1",
    b"dp_1",
)


class Inbox:
    def __init__(self, session, sessions, master, clock):
        self.session, self.master, self.clock = session, master, clock
        self.gateway = FakeGateway()
        applier = event_applier(self.gateway, master)

        def checked(inner, arguments, now):
            self.gateway.session = inner
            applier(inner, arguments, now)

        handlers = {"stripe_event": checked}
        quiet = dict.fromkeys(
            ("receipt", "payment_pending", "payment_failed", "membership_failed"),
            lambda *_: None,
        )
        self.worker = Worker(sessions, {**handlers, **quiet}, clock)
        self.count = 0

    def checkout(self, frequency="once", state="open"):
        self.session.add(
            Checkout(
                public_id=DONATION,
                attempt_key=b"k" * 32,
                frequency=frequency,
                amount_minor=5000,
                currency="usd",
                language="en",
                placement="support",
                state=state,
                created_at=self.clock.now(),
            )
        )
        self.session.commit()

    def tell(self, kind, name, event_id=None):
        self.count += 1
        hint = Hint(event_id or f"evt_{self.count}", kind, name, self.clock.now())
        stored = store(self.session, self.master, hint, now=self.clock.now())
        self.worker.run_due()
        self.clock.advance(timedelta(seconds=1))
        return stored

    def all(self, model):
        self.session.rollback()
        return self.session.scalars(select(model)).all()

    def one(self, model):
        [found] = self.all(model)
        return found

    def outcomes(self):
        return [event.outcome for event in self.all(StripeEvent)]

    def books(self):
        self.session.rollback()
        return balances(self.session)

    def state(self):
        """Everything that matters, to compare ends."""
        return (
            [(g.amount_minor, g.frequency, g.booked_at is not None) for g in self.all(Gift)],
            [(m.state, m.amount_minor) for m in self.all(Membership)],
            self.one(Checkout).state,
            len(self.all(Supporter)),
            len(self.all(Receipt)),
            self.books(),
        )


@pytest.fixture
def inbox(session, sessions, master, clock):
    return Inbox(session, sessions, master, clock)


def membership_at_stripe(inbox):
    inbox.gateway.put(
        stripe.session_of(DONATION, subscription="sub_1", invoice="in_1"),
        stripe.invoice(DONATION),
        stripe.subscription(DONATION),
        stripe.payment(),
    )
    inbox.gateway.invoices_of["pi_1"] = "in_1"
    inbox.gateway.charges["ch_1"] = "pi_1"


STORY = (
    ("checkout.session.completed", "cs_1"),
    ("customer.subscription.created", "sub_1"),
    ("invoice.paid", "in_1"),
    ("charge.updated", "ch_1"),
)


@pytest.mark.parametrize(
    "order", list(itertools.permutations(STORY)), ids=lambda order: order[0][0]
)
def test_a_membership_ends_the_same_in_every_order_of_its_events(inbox, order):
    inbox.checkout("monthly")
    membership_at_stripe(inbox)
    for kind, name in order:
        inbox.tell(kind, name)
    assert inbox.state() == (
        [(5000, "monthly", True)],
        [("active", 5000)],
        "paid",
        1,
        1,
        {("stripe_balance", "usd"): 4825, ("fees", "usd"): 175, ("income", "usd"): -5000},
    )
    assert inbox.one(Membership).supporter_id == inbox.one(Supporter).id


def one_time_at_stripe(inbox, **changes):
    inbox.gateway.put(
        stripe.session_of(DONATION, payment="pi_1"), stripe.payment(donation=DONATION, **changes)
    )
    inbox.gateway.charges["ch_1"] = "pi_1"


def test_the_same_event_twice_and_two_events_for_one_change_are_one_gift(inbox):
    inbox.checkout()
    one_time_at_stripe(inbox)
    assert inbox.tell("checkout.session.completed", "cs_1", "evt_same")
    assert not inbox.tell("checkout.session.completed", "cs_1", "evt_same")
    assert inbox.tell("checkout.session.completed", "cs_1", "evt_other")
    assert len(inbox.all(Gift)) == 1
    assert len([job for job in inbox.all(Job) if job.kind == "receipt"]) == 1


def test_a_fee_that_comes_late_is_booked_once_it_is_there(inbox):
    inbox.checkout()
    one_time_at_stripe(inbox, movement=None)
    inbox.tell("checkout.session.completed", "cs_1")
    assert inbox.one(Gift).booked_at is None
    assert inbox.books() == {}
    one_time_at_stripe(inbox)
    inbox.tell("charge.updated", "ch_1")
    inbox.tell("charge.updated", "ch_1")
    assert inbox.one(Gift).booked_at is not None
    assert inbox.books()["fees", "usd"] == 175


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("checkout.session.completed", "cs_1"),
        ("invoice.paid", "in_1"),
        ("customer.subscription.updated", "sub_1"),
        ("charge.updated", "ch_1"),
        ("refund.created", "re_1"),
        ("charge.dispute.created", "dp_1"),
    ],
)
def test_another_products_objects_on_the_same_account_are_not_ours(inbox, kind, name):
    membership_at_stripe(inbox)
    inbox.gateway.put(stripe.refund(), stripe.dispute())
    inbox.tell(kind, name)
    assert inbox.outcomes() == ["not_ours"]
    assert inbox.all(Supporter) == inbox.all(Gift) == inbox.all(Membership) == []


def test_what_was_deleted_at_stripe_is_gone_and_harmless(inbox):
    inbox.tell("invoice.paid", "in_deleted")
    assert inbox.outcomes() == ["gone"]


def test_a_type_we_do_not_use_is_kept_and_harmless(inbox):
    inbox.tell("customer.tax_id.created", "txi_1")
    assert inbox.outcomes() == ["unknown_type"]


def test_an_event_that_cannot_be_applied_yet_stays_with_its_reason_and_is_replayed(inbox):
    inbox.checkout()
    one_time_at_stripe(inbox)
    inbox.gateway.failure = StripeUnavailable("APIConnectionError")
    inbox.tell("checkout.session.completed", "cs_1", "evt_1")
    [job] = inbox.all(Job)
    assert (job.state, job.attempts) == ("ready", 1)
    assert "Waiting" in job.last_error
    assert inbox.outcomes() == [None]
    assert inbox.all(Gift) == []
    inbox.gateway.failure = None
    assert replay(inbox.session, "stripe_event:evt_1", now=inbox.clock.now())
    inbox.session.commit()
    inbox.worker.run_due()
    assert inbox.outcomes() == ["applied"]


def test_a_handler_that_breaks_midway_leaves_nothing_behind(inbox, monkeypatch):
    inbox.checkout()
    one_time_at_stripe(inbox)

    def broken(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr("donations.giving.gifts.issue_receipt", broken)
    inbox.tell("checkout.session.completed", "cs_1")
    assert inbox.all(Gift) == inbox.all(Supporter) == inbox.all(Counter) == []
    assert "RuntimeError" in inbox.one(Job).last_error


def test_an_older_answer_never_overwrites_a_newer_one(inbox):
    inbox.checkout("monthly")
    membership_at_stripe(inbox)
    inbox.tell("invoice.paid", "in_1")
    membership = inbox.one(Membership)
    membership.synced_at = inbox.clock.now() + timedelta(minutes=1)
    inbox.session.commit()
    inbox.gateway.put(stripe.subscription(DONATION, status="incomplete"))
    inbox.tell("customer.subscription.created", "sub_1")
    assert inbox.one(Membership).state == "active"


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"status": "past_due"}, "past_due"),
        ({"status": "canceled", "end_reason": "payment_failed"}, "ended"),
        ({"collection_paused": True}, "paused"),
        ({"status": "paused"}, "paused"),
        ({"status": "incomplete_expired"}, "ended"),
    ],
)
def test_a_membership_follows_its_subscription(inbox, changes, state):
    inbox.checkout("monthly")
    membership_at_stripe(inbox)
    inbox.tell("invoice.paid", "in_1")
    inbox.gateway.put(stripe.subscription(DONATION, **changes))
    inbox.tell("customer.subscription.updated", "sub_1")
    assert inbox.one(Membership).state == state


def test_an_expired_session_of_an_earlier_round_leaves_the_checkout_open(inbox):
    from donations.vault.sealed import seal_operational

    inbox.checkout()
    row = inbox.one(Checkout)
    row.session_sealed = seal_operational(inbox.master, "checkout.session", "cs_2")
    inbox.session.commit()
    inbox.gateway.put(stripe.session_of(DONATION, status="expired", payment_status="unpaid"))
    inbox.tell("checkout.session.expired", "cs_1")
    assert inbox.one(Checkout).state == "open"


@pytest.mark.parametrize(
    ("kind", "status", "state"),
    [
        ("checkout.session.completed", "complete", "pending"),
        ("checkout.session.expired", "expired", "expired"),
        ("checkout.session.async_payment_failed", "complete", "failed"),
    ],
)
def test_an_unpaid_session_moves_the_checkout_and_books_nothing(inbox, kind, status, state):
    inbox.checkout()
    inbox.gateway.put(stripe.session_of(DONATION, status=status, payment_status="unpaid"))
    inbox.tell(kind, "cs_1")
    assert inbox.one(Checkout).state == state
    assert inbox.books() == {}


def test_a_failure_told_before_the_wait_is_not_undone_by_it(inbox):
    inbox.checkout()
    inbox.gateway.put(stripe.session_of(DONATION, payment_status="unpaid"))
    inbox.tell("checkout.session.async_payment_failed", "cs_1")
    inbox.tell("checkout.session.completed", "cs_1")
    assert inbox.one(Checkout).state == "failed"


def test_a_refund_told_before_its_payment_records_both(inbox):
    inbox.checkout()
    one_time_at_stripe(inbox)
    inbox.gateway.put(stripe.refund())
    inbox.tell("refund.created", "re_1")
    inbox.tell("checkout.session.completed", "cs_1")
    inbox.tell("refund.updated", "re_1")
    assert inbox.one(Refund).state == "succeeded"
    assert inbox.books()["refunds", "usd"] == 2000
    assert len(inbox.all(Gift)) == 1


def test_a_refund_that_fails_gives_the_money_back_to_the_books(inbox):
    inbox.checkout()
    one_time_at_stripe(inbox)
    inbox.gateway.put(stripe.refund())
    inbox.tell("refund.created", "re_1")
    both = (stripe.movement("txn_re_1", -2000, 0), stripe.movement("txn_back", 2000, 0))
    inbox.gateway.put(stripe.refund(status="failed", movements=both))
    inbox.tell("refund.failed", "re_1")
    assert inbox.one(Refund).state == "failed"
    assert inbox.books()["refunds", "usd"] == 0
    assert inbox.books()["stripe_balance", "usd"] == 4825


def test_an_inquiry_moves_no_money_and_a_dispute_won_moves_it_back_but_not_its_fee(inbox):
    inbox.checkout()
    one_time_at_stripe(inbox)
    inbox.gateway.put(stripe.dispute(status="warning_needs_response", movements=()))
    inbox.tell("charge.dispute.created", "dp_1")
    assert ("disputes", "usd") not in inbox.books()
    inbox.gateway.put(stripe.dispute())
    inbox.tell("charge.dispute.funds_withdrawn", "dp_1")
    assert inbox.books()["disputes", "usd"] == 5000
    both = (stripe.movement("txn_dp_1", -5000, 1500), stripe.movement("txn_won", 5000, 0))
    inbox.gateway.put(stripe.dispute(status="won", movements=both))
    inbox.tell("charge.dispute.closed", "dp_1")
    assert inbox.one(Dispute).state == "won"
    assert inbox.books()["disputes", "usd"] == 0
    assert inbox.books()["dispute_fees", "usd"] == 1500


def test_a_second_gift_of_the_same_mailbox_belongs_to_the_same_supporter(inbox):
    inbox.checkout()
    one_time_at_stripe(inbox)
    inbox.tell("checkout.session.completed", "cs_1")
    person = stripe.Person("READER@example.org", "Somebody Else", "cus_2")
    inbox.gateway.put(stripe.payment("pi_2", donation=DONATION, person=person))
    inbox.gateway.charges["ch_2"] = "pi_2"
    inbox.tell("charge.updated", "ch_2")
    assert len(inbox.all(Gift)) == 2
    assert len(inbox.all(Supporter)) == 1


def test_receipt_numbers_have_no_gap(inbox, monkeypatch):
    inbox.checkout()
    for number in range(3):
        inbox.gateway.put(stripe.payment(f"pi_{number}", donation=DONATION))
        inbox.gateway.charges[f"ch_{number}"] = f"pi_{number}"
    inbox.tell("charge.updated", "ch_0")
    with monkeypatch.context() as patch:
        patch.setattr("donations.giving.gifts.move", lambda *_: 1 / 0)
        inbox.tell("charge.updated", "ch_1")
    inbox.tell("charge.updated", "ch_2")
    inbox.clock.advance(timedelta(hours=1))
    inbox.worker.run_due()
    assert sorted(receipt.number for receipt in inbox.all(Receipt)) == [1001, 1002, 1003]


def test_the_whole_database_shows_no_word_of_a_reader_or_of_stripe(inbox):
    inbox.checkout("monthly")
    membership_at_stripe(inbox)
    inbox.gateway.put(
        stripe.payment(movement=stripe.movement("txn_a")),
        stripe.refund(movements=(stripe.movement("txn_b", -2000, 0),)),
        stripe.dispute(movements=(stripe.movement("txn_c", -5000, 1500),)),
    )
    for kind, name in (*STORY, ("refund.created", "re_1"), ("charge.dispute.created", "dp_1")):
        inbox.tell(kind, name)
    assert len(inbox.all(Refund)) == len(inbox.all(Dispute)) == len(inbox.all(Membership)) == 1
    for table in Base.metadata.sorted_tables:
        for row in inbox.session.execute(select(table)).mappings():
            for column, value in row.items():
                text = value if isinstance(value, bytes) else str(value).encode()
                shown = [word for word in SECRETS if word in text]
                assert not shown, f"{table.name}.{column}"
