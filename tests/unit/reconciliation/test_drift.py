from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from tests_support.audited import BEFORE, Newsroom
from tests_support.banking import line, payout, payout_line, take_in
from tests_support.stripe import movement, refund, subscription

from donations.giving.fund_models import Fund
from donations.giving.models import Gift, Membership
from donations.giving.returns import record_refund
from donations.inbox.models import Sweep
from donations.jobs.outbox import beat
from donations.kernel.cadence import Frequency
from donations.kernel.database import begin_write
from donations.kernel.money import Money
from donations.ledger.books import book, reverse
from donations.ledger.chart import Kind
from donations.ledger.drafts import Draft
from donations.ledger.models import Books
from donations.ledger.placing import place
from donations.reconciliation.drift import AUDIT
from donations.reconciliation.matching import match_lines
from donations.reconciliation.models import BankLine
from donations.reconciliation.receipts import dismiss, match_by_hand


@pytest.fixture
def newsroom(session, master, clock):
    return Newsroom(session, master, clock)


def of(moved, kind=Kind.STRIPE_FEE):
    return Draft.of_movement(
        kind,
        source=moved.id,
        amount=moved.amount,
        fee=moved.fee,
        currency=moved.currency,
        charged=Money(moved.amount, moved.currency),
        occurred_at=moved.created,
    )


def book_it(session, moved, now, kind=Kind.STRIPE_FEE):
    begin_write(session)
    book(session, of(moved, kind), now=now)
    session.commit()


def test_nothing_differs_where_both_sides_agree(newsroom):
    gift = newsroom.gift()
    newsroom.give_back(gift)
    newsroom.dispute(gift)
    newsroom.member()
    assert newsroom.audit() == []


def test_a_movement_nobody_booked_is_told_after_a_day_and_until_it_is_booked(
    newsroom, session, clock
):
    moved = movement("txn_fee", -300, 0, kind="stripe_fee", created=clock.now())
    newsroom.stripe.move(moved)
    assert newsroom.audit() == []
    found = [("balance_differs", "usd", -300, None)]
    found += [("in_stripe_not_here", "txn_fee", -300, "movement=stripe_fee")]
    assert newsroom.audit(days=2) == found
    assert newsroom.audit(days=10) == found
    begin_write(session)
    beat(session, AUDIT, now=clock.now())
    session.commit()
    assert newsroom.audit(days=30) == found  # though it lies before what is listed now
    book_it(session, moved, clock.now())
    assert newsroom.audit() == []


def test_what_moved_before_the_first_sweep_began_is_none_of_ours(newsroom, session, clock):
    begin_write(session)
    moments = dict.fromkeys(("began_at", "ended_at", "reached"), clock.now())
    session.add(Sweep(**moments, since=BEFORE, seen=0, failed=0, mended=[]))
    session.commit()
    earlier = movement("txn_shop", 700, 0, created=BEFORE - timedelta(days=1))
    newsroom.stripe.move(earlier)
    assert newsroom.audit() == [("balance_differs", "usd", 700, None)]


def test_what_stands_in_suspense_is_told_until_it_is_placed(newsroom, session, clock):
    moved = movement("txn_odd", 700, 0, kind="charge", created=BEFORE)
    newsroom.stripe.move(moved)
    begin_write(session)
    place(session, replace(of(moved, Kind.OTHER), memo="charge"), now=clock.now())
    session.commit()
    assert newsroom.audit() == [("in_stripe_not_here", "txn_odd", 700, "suspense=charge")]
    begin_write(session)
    place(session, of(moved, Kind.ADJUSTMENT), now=clock.now())
    session.commit()
    assert newsroom.audit() == []


def test_an_entry_stripe_does_not_know_is_told_until_it_is_taken_back(newsroom, session, clock):
    book_it(session, movement("txn_ghost", 900, 0, created=BEFORE), BEFORE)
    found = [("balance_differs", "usd", -900, None)]
    found += [("here_not_in_stripe", "txn_ghost", 900, "entry")]
    assert newsroom.audit() == found
    begin_write(session)
    beat(session, AUDIT, now=clock.now())
    session.commit()
    assert newsroom.audit(days=30) == found
    begin_write(session)
    reverse(session, "txn_ghost", memo="never was", occurred_at=clock.now(), now=clock.now())
    session.commit()
    assert newsroom.audit() == []


def test_an_old_entry_stripe_knows_by_name_is_not_told_any_more(newsroom, session, clock):
    moved = movement("txn_shy", 900, 0, created=BEFORE)
    book_it(session, moved, BEFORE)
    assert len(newsroom.audit()) == 2
    begin_write(session)
    beat(session, AUDIT, now=clock.now())
    session.commit()
    newsroom.stripe.move(moved)
    assert newsroom.audit(days=30) == []


def test_a_balance_that_differs_is_told_by_currency(newsroom):
    newsroom.gift()
    newsroom.stripe.apart = {"usd": -50, "eur": 20}
    assert newsroom.audit() == [
        ("balance_differs", "eur", 20, None),
        ("balance_differs", "usd", -50, None),
    ]
    newsroom.stripe.apart = {}
    assert newsroom.audit() == []


def test_what_moves_while_the_balance_is_asked_is_no_difference(newsroom, clock):
    newsroom.gift()
    late = movement("txn_meanwhile", 4000, 100, created=clock.now() + timedelta(seconds=2))
    newsroom.stripe.between = lambda: newsroom.stripe.move(late)
    assert newsroom.audit() == []
    assert newsroom.stripe.asked["balance"] == 4


def test_a_balance_that_never_rests_is_not_mistaken_for_a_difference(newsroom, clock):
    asked = newsroom.stripe.balance

    def restless():
        held = asked()
        number = newsroom.stripe.asked["balance"]
        later = clock.now() + timedelta(seconds=number)
        newsroom.stripe.move(movement(f"txn_{number}", 4000, 100, created=later))
        return held

    newsroom.stripe.balance = restless
    assert newsroom.audit() == []
    assert newsroom.stripe.asked["balance"] == 6


def test_what_is_booked_after_stripe_was_asked_is_no_difference(newsroom, session, clock):
    newsroom.gift()
    now = clock.now() + timedelta(seconds=5)
    balance = newsroom.stripe.balance

    def then_booked():
        held = balance()
        if newsroom.stripe.asked["balance"] == 2:
            book_it(session, movement("txn_after", 4000, 100, created=now), now)
        return held

    newsroom.stripe.balance = then_booked
    assert newsroom.audit() == []


@pytest.mark.parametrize(
    ("there", "detail"),
    [
        ({"status": "canceled"}, "state=active>ended"),
        ({"collection_paused": True}, "state=active>paused"),
        ({"amount": Money(9000, "usd")}, "amount=50.00 USD>90.00 USD"),
        ({"amount": Money(5000, "eur")}, "amount=50.00 USD>50.00 EUR"),
        ({"frequency": Frequency.ANNUAL}, "frequency=monthly>annual"),
        (
            {"status": "past_due", "amount": Money(100, "usd")},
            "state=active>past_due;amount=50.00 USD>1.00 USD",
        ),
    ],
)
def test_a_membership_that_stands_otherwise_at_stripe_is_told_until_it_agrees(
    newsroom, session, there, detail
):
    before = newsroom.member()
    newsroom.at_stripe(**there)
    [(kind, subject, _, told)] = newsroom.audit()
    assert (kind, told) == ("membership_differs", detail)
    assert subject == session.scalars(select(Membership.public_id)).one()
    session.rollback()
    newsroom.stripe.promises[-1] = before
    assert newsroom.audit() == []


def test_a_living_membership_stripe_does_not_list_is_told(newsroom):
    newsroom.member()
    newsroom.stripe.promises.clear()
    [(kind, _, _, detail)] = newsroom.audit()
    assert (kind, detail) == ("membership_differs", "not_at_stripe")


def test_a_subscription_of_ours_that_is_not_here_is_told_by_our_own_name_for_it(newsroom):
    newsroom.stripe.promises.append(subscription("donation1", started_at=BEFORE))
    newsroom.stripe.promises.append(subscription(None, id="sub_of_the_shop", started_at=BEFORE))
    assert newsroom.audit() == [("membership_differs", "donation1", 5000, "not_here")]


def test_what_has_just_begun_at_stripe_may_still_be_told_here(newsroom, clock):
    begun = clock.now() - timedelta(minutes=10)
    newsroom.stripe.promises.append(subscription("donation1", started_at=begun))
    assert newsroom.audit() == []
    assert newsroom.audit(days=1) != []


def test_a_membership_asked_of_stripe_since_the_audit_began_is_left_alone(newsroom, session, clock):
    newsroom.member()
    newsroom.at_stripe(amount=Money(9000, "usd"))
    begin_write(session)
    session.execute(update(Membership).values(synced_at=clock.now() + timedelta(hours=1)))
    session.commit()
    assert newsroom.audit() == []


def test_a_refund_that_stands_otherwise_at_stripe_is_told_until_it_agrees(newsroom):
    gift = newsroom.gift()
    there = newsroom.give_back(gift)
    newsroom.stripe.returns[:] = [replace(there, status="failed")]
    [(kind, subject, minor, detail)] = newsroom.audit()
    assert (kind, minor, detail) == ("refund_differs", 2000, "state=succeeded>failed")
    assert subject.startswith(gift)
    newsroom.stripe.returns[:] = [there]
    assert newsroom.audit() == []


def test_a_refund_only_one_side_knows_is_told(newsroom):
    gift = newsroom.gift()
    newsroom.stripe.returns.append(refund("re_unheard", created=BEFORE, movements=()))
    newsroom.stripe.returns.append(refund("re_shop", payment="pi_shop", created=BEFORE))
    [(kind, subject, _, detail)] = newsroom.audit()
    assert (kind, detail) == ("refund_differs", "not_here")
    assert subject.startswith(gift)
    newsroom.stripe.returns.clear()
    newsroom.give_back(gift)
    newsroom.stripe.returns.clear()
    assert [row[3] for row in newsroom.audit()] == ["not_at_stripe"]


def test_a_dispute_that_stands_otherwise_at_stripe_is_told_until_it_agrees(newsroom):
    there = newsroom.dispute(newsroom.gift())
    newsroom.stripe.contested[:] = [replace(there, status="won", amount=Money(4000, "usd"))]
    [(kind, _, _, detail)] = newsroom.audit()
    assert kind == "dispute_differs"
    assert detail == "state=needs_response>won;amount=50.00 USD>40.00 USD"
    newsroom.stripe.contested[:] = [there]
    assert newsroom.audit() == []


def test_a_gift_whose_movement_never_came_is_told_after_two_days(newsroom, clock):
    gift = newsroom.gift(at=clock.now(), movement=None)
    assert newsroom.audit(days=1) == []
    assert newsroom.audit(days=1) == [("here_not_in_stripe", gift, 5000, "gift")]


def test_a_gift_for_no_fund_or_a_closed_one_is_told(newsroom, session):
    missing = newsroom.gift("pi_1", fund="courts")
    closed = newsroom.gift("pi_2", fund="archive")
    newsroom.gift("pi_3", fund="war")
    begin_write(session)
    day = BEFORE.date()
    session.add(Fund(code="war", name="War", restricted=True, opened_on=day))
    session.add(
        Fund(
            code="archive",
            name="Archive",
            restricted=True,
            opened_on=day,
            closed_on=day - timedelta(days=1),
        )
    )
    session.commit()
    assert newsroom.audit() == sorted(
        [("no_fund", missing, 5000, "missing=courts"), ("no_fund", closed, 5000, "closed=archive")]
    )
    begin_write(session)
    session.execute(update(Fund).values(closed_on=None))
    session.add(Fund(code="courts", name="Courts", restricted=True, opened_on=day))
    session.commit()
    assert newsroom.audit() == []


def test_what_came_too_late_for_its_month_is_told(newsroom, session, clock):
    gift = newsroom.gift(at=BEFORE.replace(month=10))
    begin_write(session)
    session.execute(update(Books).values(closed_through=BEFORE.replace(month=10, day=31).date()))
    session.commit()
    assert newsroom.audit() == []
    back = refund("re_late", created=BEFORE.replace(month=10, day=25), movements=())
    moved = movement("txn_late", -2000, 0, kind="refund", created=back.created)
    newsroom._record_late = None
    begin_write(session)
    row = session.scalars(select(Gift).where(Gift.public_id == gift)).one()
    there = replace(back, movements=(moved,))
    record_refund(session, newsroom.master, row, there, asked_at=BEFORE, now=clock.now())
    session.commit()
    newsroom.stripe.move(moved)
    newsroom.stripe.returns.append(there)
    assert newsroom.audit() == [
        ("late_into_closed", "txn_late", -2000, "entry=refund;month=2026-10")
    ]


def test_a_payout_that_is_not_its_lines_is_told(newsroom, session):
    sent = payout(session, amount=4825)
    newsroom.stripe.move(movement("txn_po_1", -4825, 0, kind="payout", created=sent.created_at))
    payout_line(session, sent, "txn_a", Kind.GIFT, 4900, 175, booked=False)
    assert newsroom.audit() == [("payout_lines_differ", "po_1", -100, None)]
    payout_line(session, sent, "txn_b", Kind.GIFT, 100, booked=False)
    assert newsroom.audit() == []


def at_bank(newsroom, session, *lines, digest="d"):
    take_in(session, newsroom.master, *lines, digest=digest)
    begin_write(session)
    match_lines(session, newsroom.master, now=newsroom.clock.now())
    session.commit()


def sent(newsroom, session, name="po_1", day=None, **changes):
    made = payout(session, name, day=day or BEFORE.date(), lines_at=None, **changes)
    newsroom.stripe.move(
        movement(f"txn_{name}", -made.amount_minor, 0, kind="payout", created=made.created_at)
    )
    return made


def test_a_payout_on_no_statement_is_told_once_there_are_statements(newsroom, session):
    sent(newsroom, session)
    assert newsroom.audit(days=20) == []
    day = BEFORE.date()
    at_bank(newsroom, session, line(99, day=day, text="interest"))
    begin_write(session)
    dismiss(session, session.scalars(select(BankLine)).one(), why="interest", by="finance")
    session.commit()
    assert newsroom.audit() == [("payout_not_at_bank", "po_1", 4825, None)]
    at_bank(newsroom, session, line(4825, day=day, text="po_1"), digest="e")
    assert newsroom.audit() == []


def test_a_payout_from_before_the_first_statement_is_not_missed(newsroom, session):
    sent(newsroom, session, day=BEFORE.date() - timedelta(days=30))
    at_bank(newsroom, session, line(-5, day=BEFORE.date(), text="charge"))
    assert newsroom.audit(days=20) == []


def test_a_payout_the_bank_tells_otherwise_is_told(newsroom, session):
    made = sent(newsroom, session)
    at_bank(newsroom, session, line(4800, day=BEFORE.date()))
    begin_write(session)
    found = session.scalars(select(BankLine)).one()
    match_by_hand(session, found, [made], [], by="finance", now=newsroom.clock.now())
    session.commit()
    assert newsroom.audit() == [("payout_bank_differs", "po_1", -25, None)]


def test_money_at_the_bank_is_told_after_a_week_until_it_is_dismissed(newsroom, session):
    at_bank(newsroom, session, line(4800, day=BEFORE.date()), line(-300, day=BEFORE.date()))
    assert newsroom.audit() == []
    [(kind, subject, minor, _)] = newsroom.audit(days=7)
    assert (kind, minor) == ("bank_line_unmatched", 4800)
    begin_write(session)
    dismiss(session, session.get_one(BankLine, int(subject)), why="a grant", by="finance")
    session.commit()
    assert newsroom.audit() == []
