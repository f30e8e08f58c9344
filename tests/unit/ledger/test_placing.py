"""Out of suspense: afterwards every account and day is as if the cause had been known at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from donations.kernel.money import Money
from donations.ledger.books import balances
from donations.ledger.chart import Kind
from donations.ledger.days import days_that_differ
from donations.ledger.drafts import Draft
from donations.ledger.models import DayTotal, Entry
from donations.ledger.placing import place, standing


def draft(kind, clock, source="txn_1", amount=5000, fee=175):
    return Draft.of_movement(
        kind,
        source=source,
        amount=amount,
        fee=fee,
        currency="usd",
        charged=Money(amount, "usd"),
        occurred_at=clock.now() - timedelta(days=3),
    )


def days(session):
    found = {}
    for total in session.scalars(select(DayTotal)):
        key = (total.posted_on, total.account)
        found[key] = found.get(key, 0) + total.minor
    return {key: minor for key, minor in found.items() if minor}


def test_a_movement_explained_later_leaves_suspense_on_its_own_day(session, clock):
    place(session, draft(Kind.GIFT, clock), now=clock.now())
    at_once = days(session)
    session.rollback()
    assert place(session, draft(Kind.OTHER, clock), now=clock.now())
    assert place(session, draft(Kind.GIFT, clock), now=clock.now())
    session.commit()
    assert days(session) == at_once
    assert days_that_differ(session) == []
    entries = session.scalars(select(Entry).order_by(Entry.number)).all()
    assert [entry.kind for entry in entries] == ["other", "reversal", "gift"]
    assert standing(session, ["txn_1", "txn_2"]) == {"txn_1": entries[2]}


@pytest.mark.parametrize("again", [Kind.GIFT, Kind.OTHER])
def test_what_is_placed_stays_there(session, clock, again):
    for kind in (Kind.OTHER, Kind.GIFT):
        place(session, draft(kind, clock), now=clock.now())
    before = balances(session)
    assert not place(session, draft(again, clock), now=clock.now())
    assert balances(session) == before
    assert len(session.scalars(select(Entry)).all()) == 3


def test_what_nobody_can_explain_goes_to_suspense_once(session, clock):
    assert place(session, draft(Kind.OTHER, clock), now=clock.now())
    assert not place(session, draft(Kind.OTHER, clock), now=clock.now())
    assert len(session.scalars(select(Entry)).all()) == 1


def test_a_movement_booked_for_what_it_was_never_goes_to_suspense(session, clock):
    assert place(session, draft(Kind.GIFT, clock), now=clock.now())
    assert not place(session, draft(Kind.OTHER, clock), now=clock.now())
    assert balances(session)["income", "usd"] == -5000


def test_more_movements_are_found_than_one_statement_takes(session, clock):
    for number in range(5):
        place(session, draft(Kind.OTHER, clock, source=f"txn_{number * 300}"), now=clock.now())
    found = standing(session, [f"txn_{number}" for number in range(1300)])
    assert sorted(found) == ["txn_0", "txn_1200", "txn_300", "txn_600", "txn_900"]
