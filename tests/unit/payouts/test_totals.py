"""What a payout is made of is summed once and follows every booking of its lines."""

from __future__ import annotations

from itertools import permutations

import pytest
from sqlalchemy import select, text
from tests_support.stripe import movement, payout

from donations.kernel.database import begin_write
from donations.kernel.money import Money
from donations.ledger.books import last_number
from donations.ledger.chart import Kind
from donations.ledger.drafts import Draft, Shares
from donations.payouts.following import record_payout
from donations.payouts.models import Payout, PayoutTotal
from donations.payouts.totals import booked_since, payouts_that_differ, place, rebuild

LINES = (movement("txn_a", 5000, 175), movement("txn_b", -1000, 0, kind="refund"))


def book(session, clock, kind, source, amount, fee=0, exchange=0):
    begin_write(session)
    draft = Draft.of_movement(
        kind,
        source=source,
        amount=amount,
        fee=fee,
        currency="usd",
        charged=Money(amount, "usd"),
        occurred_at=clock.now(),
        shares=Shares(exchange=exchange),
    )
    booked = place(session, draft, now=clock.now())
    session.commit()
    return booked


def totals(session):
    return {
        row.name: (row.lines, row.unbooked, row.amount_minor, row.fee_minor, row.exchange_minor)
        for row in session.scalars(select(PayoutTotal).order_by(PayoutTotal.name))
    }


def deeds(session, clock):
    def keep():
        begin_write(session)
        record_payout(session, payout(), LINES, asked_at=clock.now(), now=clock.now())
        session.commit()

    return {
        "keep": keep,
        "suspense": lambda: book(session, clock, Kind.OTHER, "txn_a", 5000, 175),
        "gift": lambda: book(session, clock, Kind.GIFT, "txn_a", 5000, 175),
        "refund": lambda: book(session, clock, Kind.REFUND, "txn_b", -1000, exchange=-30),
    }


@pytest.mark.parametrize(
    "order",
    list(permutations(["keep", "suspense", "gift", "refund"])),
    ids="-".join,
)
def test_in_every_order_each_line_ends_under_what_it_is(session, clock, order):
    for name in order:
        deeds(session, clock)[name]()
        assert payouts_that_differ(session) == []
    assert totals(session) == {"gift": (1, 0, 5000, 175, 0), "refund": (1, 0, -1000, 0, -30)}


def test_a_line_nobody_booked_stands_under_stripe_s_type(session, clock):
    deeds(session, clock)["keep"]()
    assert totals(session) == {"charge": (1, 1, 5000, 175, 0), "refund": (1, 1, -1000, 0, 0)}


def test_booking_twice_counts_once(session, clock):
    deeds(session, clock)["keep"]()
    assert [deeds(session, clock)["gift"]() for _ in range(2)] == [True, False]
    assert totals(session)["gift"] == (1, 0, 5000, 175, 0)


def test_what_was_booked_since_an_entry_names_its_payouts(session, clock):
    deeds(session, clock)["keep"]()
    before = last_number(session)
    [payout_id] = session.scalars(select(Payout.id)).all()
    assert booked_since(session, [payout_id], before) == set()
    deeds(session, clock)["suspense"]()
    deeds(session, clock)["gift"]()
    assert booked_since(session, [payout_id], before) == {payout_id}
    assert booked_since(session, [payout_id], last_number(session)) == set()


@pytest.mark.parametrize(
    "touch",
    [
        "UPDATE payout_total SET amount_minor = amount_minor + 1",
        "DELETE FROM payout_total WHERE name = 'charge'",
    ],
)
def test_totals_somebody_touched_are_found_and_mended(session, clock, touch):
    deeds(session, clock)["keep"]()
    session.execute(text(touch))
    assert payouts_that_differ(session) == ["po_1"]
    rebuild(session)
    assert payouts_that_differ(session) == []
