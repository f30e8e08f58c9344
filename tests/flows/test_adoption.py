"""Subscriptions that another program began at Stripe are taken over, and live on as ours."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
import stripe
from click.testing import CliRunner
from sqlalchemy import func, select
from tests_support.counterparts import Simulated
from tests_support.live import Live

from donations.adoption.models import AdoptedMembership, AdoptionRun, PastGift
from donations.commands.adopt import group
from donations.giving.change_models import MembershipChange
from donations.giving.models import Checkout, Gift, Membership, Receipt
from donations.inbox.sweep import sweep
from donations.jobs.models import Job
from donations.kernel.database import Base
from donations.reconciliation.drift import audit
from donations.stripe_gateway import adopting
from donations.supporters.directory import identity
from donations.supporters.models import Supporter

pytestmark = pytest.mark.sandbox_only
BASES = ("api", "files", "connect", "meter_events")
FOREIGN = {"give_form": "12", "wp_user": "77"}


class OtherProgram:
    """A foreign system that has sold subscriptions on this account, in its own way."""

    def __init__(self, base):
        self._http = stripe.RequestsClient(timeout=(5, 30))
        self.sdk = stripe.StripeClient(
            "sk_test_suite", base_addresses=dict.fromkeys(BASES, base), http_client=self._http
        ).v1
        self.product = self.sdk.products.create({"name": "Supporter plan"}).id

    def close(self):
        self._http.close()

    def customer(self, email="old.reader@example.org", name="Olga Reader", **more):
        made = self.sdk.customers.create({"email": email, "name": name, **more})
        method = self.sdk.payment_methods.attach("pm_card_visa", {"customer": made.id})
        self.sdk.customers.update(
            made.id, {"invoice_settings": {"default_payment_method": method.id}}
        )
        return made.id

    def sell(self, customer, *, amount=1200, currency="usd", interval="month", every=1, **more):
        price = {
            "currency": currency,
            "unit_amount": amount,
            "product": self.product,
            "recurring": {"interval": interval, "interval_count": every},
        }
        return self.sdk.subscriptions.create(
            {
                "customer": customer,
                "items": [{"price_data": price}],
                "metadata": FOREIGN,
                **more,
            }
        ).id


class SandboxTime:
    """The application lives in the sandbox's time."""

    def __init__(self, sandbox):
        self.sandbox = sandbox

    def now(self):
        return datetime.fromtimestamp(self.sandbox.world.clock.now(), UTC)


@pytest.fixture
def live(environment, outbox):
    late = environment["DATABASE_URL"].startswith("sqlite")  # as in the other flows
    simulated = Simulated(environment["STRIPE_WEBHOOK_SECRET"], late=late)
    clock = SandboxTime(simulated.sandbox)
    running = Live(environment, outbox, stripe=simulated, clock=clock)
    yield running
    running.stop()


@pytest.fixture
def other(live):
    program = OtherProgram(live.sandbox.base_url)
    yield program
    program.close()


@pytest.fixture
def adopt(live):
    def run(*options):
        answer = CliRunner().invoke(group(lambda: live.app), ["stripe", *options])
        assert answer.exit_code == 0, (answer.output, answer.exception)
        return answer.output

    return run


def dead(session):
    session.rollback()
    return session.scalars(select(Job.last_error).where(Job.state == "dead")).all()


def rows(session, table):
    session.rollback()
    return session.scalars(select(table).order_by(table.id)).all()


def everything_counted(session):
    session.rollback()
    tables = Base.metadata.sorted_tables
    return {each.name: session.scalar(select(func.count()).select_from(each)) for each in tables}


def tie(live, session):
    """The sweep finds nothing to mend, and the audit finds no difference."""
    now = live.clock.now()
    swept = sweep(session, live.house.gateway, live.house.master, now)
    assert (swept.failed, [kind for _, kind in swept.mended if kind == "gift"]) == (0, [])
    differing = audit(session, live.house.gateway, live.house.master, now=now)
    session.commit()
    return dict(differing)


def pass_a_second():
    """Until Stripe's clock, which counts whole seconds, shows another one."""
    time.sleep(1.05)


def test_a_foreign_subscription_is_taken_over_and_its_next_renewal_is_a_gift_with_a_receipt(
    live, other, adopt, session, master
):
    subscription = other.sell(other.customer())
    live.settle()
    assert rows(session, Gift) == []  # what was paid to the other program is not ours
    pass_a_second()
    told = adopt()
    assert "Taken over: 1 (1 new supporters, 0 joining one)" in told
    live.settle()
    assert live.outbox.messages == []  # nobody is written to because of it
    [supporter] = rows(session, Supporter)
    assert identity(session, master, supporter).email == "old.reader@example.org"
    [membership] = rows(session, Membership)
    assert (membership.state, membership.amount_minor) == ("active", 1200)
    [checkout] = rows(session, Checkout)
    stamped = other.sdk.subscriptions.retrieve(subscription)
    assert stamped.metadata.to_dict() == {**FOREIGN, "donation": checkout.public_id}
    live.stripe.renew()
    live.settle()
    [gift] = rows(session, Gift)
    assert (gift.amount_minor, gift.frequency) == (1200, "monthly")
    assert gift.membership_id == membership.id
    assert gift.booked_at is not None
    assert gift.receipt.number == rows_of_receipts(session)[0]
    assert [str(message["To"]) for message in live.outbox.messages] == ["old.reader@example.org"]
    assert dead(session) == []


def rows_of_receipts(session):
    return session.scalars(select(Receipt.number)).all()


def test_the_books_tie_once_a_membership_is_ours_and_what_was_paid_before_stays_in_suspense(
    live, other, adopt, session
):
    other.sell(other.customer())
    live.settle()
    pass_a_second()
    adopt()
    live.settle()
    live.stripe.renew()
    live.stripe.pass_days(2)
    live.settle()
    assert tie(live, session) == {"in_stripe_not_here": 1}  # the payment that began it elsewhere
    assert len(rows(session, Gift)) == 1
    assert dead(session) == []


def test_a_bill_made_before_our_mark_and_paid_after_it_is_a_gift(live, other, adopt, session):
    customer = other.customer()
    subscription = other.sell(customer)
    bad = other.sdk.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer})
    other.sdk.subscriptions.update(subscription, {"default_payment_method": bad.id})
    live.stripe.renew()
    live.settle()
    adopt()
    live.settle()
    assert rows(session, Membership)[0].state == "past_due"
    good = other.sdk.payment_methods.attach("pm_card_visa", {"customer": customer})
    other.sdk.subscriptions.update(subscription, {"default_payment_method": good.id})
    [bill] = other.sdk.invoices.list({"subscription": subscription, "status": "open"}).data
    assert not bill.parent.subscription_details.metadata.to_dict().get("donation")
    pass_a_second()
    other.sdk.invoices.pay(bill.id)
    live.settle()
    assert [gift.amount_minor for gift in rows(session, Gift)] == [1200]
    assert rows(session, Membership)[0].state == "active"
    assert dead(session) == []


def test_a_renewal_before_stripe_has_our_mark_is_a_gift_all_the_same(live, other, adopt, session):
    other.sell(other.customer())
    live.settle()
    pass_a_second()
    adopt()  # the worker, who would mark it, has not run
    live.stripe.renew()
    live.settle()
    assert [gift.amount_minor for gift in rows(session, Gift)] == [1200]
    assert dead(session) == []


def test_doing_it_twice_takes_over_nothing_twice(live, other, adopt, session):
    other.sell(other.customer())
    adopt()
    live.settle()
    before = everything_counted(session)
    told = adopt()
    live.settle()
    assert "Taken over: 0" in told
    assert "Ours already: 1" in told
    run_rows = {"adoption_run": before["adoption_run"] + 1}
    assert everything_counted(session) == {**before, **run_rows}


def test_what_is_ours_is_left_alone(live, reader, adopt, session):
    reader.choose("monthly", "1500")
    reader.pay()
    live.settle()
    told = adopt()
    assert "Ours already: 1" in told
    assert rows(session, AdoptedMembership) == []


def test_a_dry_run_shows_what_would_happen_and_writes_nothing(live, other, adopt, session):
    other.sell(other.customer("one@example.org", "One Reader"))
    other.sell(other.customer("two@example.org", "Two Reader"), interval="week")
    live.settle()
    here, there = everything_counted(session), calls_that_write(live)
    told = adopt("--dry-run", "--history")
    assert everything_counted(session) == here
    assert calls_that_write(live) == there
    assert "Would be taken over: 1 (1 new supporters, 0 joining one)" in told
    assert "1 because it is paid neither by the month nor by the year" in told
    assert "@" not in told
    assert "Reader" not in told
    whole = [one.id for one in other.sdk.subscriptions.list().data]
    assert not any(name in told for name in whole)


def calls_that_write(live):
    tables = live.sandbox.world.store.tables
    return {name: [dict(each) for each in found.values()] for name, found in tables.items()}


ODD = {
    "several prices": ({}, "it has more than one price"),
    "every quarter": ({"every": 3}, "it is paid neither by the month nor by the year"),
    "by the week": ({"interval": "week"}, "it is paid neither by the month nor by the year"),
    "bills that are sent": (
        {"collection_method": "send_invoice", "days_until_due": 30},
        "it is paid by bills that are sent",
    ),
    "nothing to pay": ({"amount": 0}, "nothing is paid for it"),
}


@pytest.mark.parametrize("name", ODD)
def test_what_cannot_be_ours_is_left_and_told_in_plain_words(live, other, adopt, session, name):
    shape, words = ODD[name]
    customer = other.customer()
    if name == "several prices":
        price = {"currency": "usd", "product": other.product, "recurring": {"interval": "month"}}
        items = [{"price_data": {**price, "unit_amount": minor}} for minor in (500, 700)]
        other.sdk.subscriptions.create({"customer": customer, "items": items})
    else:
        other.sell(customer, **shape)
    told = adopt()
    live.settle()
    assert words in told
    assert "Left where they are: 1" in told
    assert rows(session, Membership) == []
    assert dead(session) == []  # nor do its events trouble anybody
    assert sum(tie(live, session).values()) <= 1


def test_a_customer_nobody_could_write_to_is_left(live, other, adopt, session):
    customer = other.sdk.customers.create({"name": "No Address"})
    method = other.sdk.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    other.sell(customer.id, default_payment_method=method.id)
    assert "its customer has no address we could write to" in adopt()
    assert rows(session, Supporter) == []


def test_who_is_known_is_joined_and_two_subscriptions_of_one_person_are_two_of_one_supporter(
    live, reader, other, adopt, session
):
    reader.choose("once", "5000")
    reader.pay(email="Olga@Example.org", name="Olga Reader")
    live.settle()
    customer = other.customer("olga@example.org", "O. Reader")
    other.sell(customer)
    other.sell(other.customer("nina@example.org", "Nina"))
    other.sell(other.customer("Nina@example.org", "Nina again"), interval="year", amount=9000)
    for options in (("--dry-run",), ()):
        assert "3 (1 new supporters, 2 joining one)" in adopt(*options)
    assert len(rows(session, Supporter)) == 2
    owners = [each.supporter_id for each in rows(session, Membership)]
    assert len(owners) == 3
    assert len(set(owners)) == 2


STATES = {
    "active": ({}, "active"),
    "trialing": ({"trial_period_days": 10}, "active"),
    "ending": ({"cancel_at_period_end": True}, "active"),
}


@pytest.mark.parametrize("name", STATES)
def test_the_state_is_stripes(live, other, adopt, session, name):
    more, state = STATES[name]
    other.sell(other.customer(), **more)
    adopt()
    [membership] = rows(session, Membership)
    assert membership.state == state
    assert membership.ends_with_period is (name == "ending")


def test_a_pause_is_kept(live, other, adopt, session):
    other.sdk.subscriptions.update(
        other.sell(other.customer()), {"pause_collection": {"behavior": "void"}}
    )
    adopt()
    assert rows(session, Membership)[0].state == "paused"


def test_months_that_are_closed_never_change_but_the_true_beginning_is_known(
    live, other, adopt, session
):
    other.sell(other.customer())
    live.stripe.renew()
    began = other.sdk.subscriptions.list().data[0].start_date
    adopt()
    [membership] = rows(session, Membership)
    [adopted] = rows(session, AdoptedMembership)
    [change] = rows(session, MembershipChange)
    assert membership.started_at == change.at == adopted.at
    assert adopted.began_at.timestamp() == began


def test_stopped_in_the_middle_it_goes_on_from_there(live, other, adopt, session, monkeypatch):
    for number in range(5):
        other.sell(other.customer(f"reader{number}@example.org", f"Reader {number}"))
    monkeypatch.setattr(adopting, "PAGE", 2)
    calls = live.house.gateway.adopting
    ask, asked = calls.page, []

    def breaks_off(after=None):
        asked.append(after)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return ask(after)

    monkeypatch.setattr(calls, "page", breaks_off)
    with pytest.raises((AssertionError, KeyboardInterrupt)):
        adopt()
    assert len(rows(session, Membership)) == 2
    told = adopt()
    assert "Taken over: 3" in told
    assert "Ours already: 0" in told  # the first page was not asked for again
    assert asked[2] == asked[1]
    assert len(rows(session, Membership)) == 5
    assert all(run.ended_at for run in rows(session, AdoptionRun))


def test_earlier_payments_become_history_once_and_nothing_is_booked(live, other, adopt, session):
    other.sell(other.customer())
    live.stripe.renew()
    live.stripe.renew()
    live.settle()
    pass_a_second()
    assert "Earlier payments kept as history: 3" in adopt("--history")
    live.settle()
    live.stripe.renew()
    live.settle()
    books = live.books()
    assert "Earlier payments kept as history: 0" in adopt("--history")
    past = rows(session, PastGift)
    assert [each.amount_minor for each in past] == [1200] * 3
    assert {each.frequency for each in past} == {"monthly"}
    assert len(rows(session, Gift)) == 1
    assert live.books() == books
