"""What exchange rates touched is summed by month and pair of currencies, as of any entry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from donations.kernel.database import begin_write
from donations.kernel.money import Money
from donations.kernel.months import Month
from donations.ledger.books import book, last_number, reverse
from donations.ledger.chart import Kind
from donations.ledger.days import days_that_differ
from donations.ledger.drafts import Draft, Shares
from donations.ledger.exchanges import exchange_sums
from donations.ledger.models import ExchangeMonth

AT = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)


def draft(number, kind=Kind.GIFT, *, amount=5000, rate="0.0066", exchange=0, days=0):
    return Draft.of_movement(
        kind,
        source=f"txn_{number}",
        amount=amount,
        fee=175,
        currency="usd",
        charged=Money(amount * 100, "jpy"),
        exchange_rate=rate,
        occurred_at=AT + timedelta(days=days),
        shares=Shares(exchange=exchange),
    )


@pytest.fixture
def booked(session):
    begin_write(session)
    for each in (
        draft(1),
        draft(2, rate=None),
        draft(3, Kind.REFUND, amount=-1000, exchange=-20),
        draft(4, Kind.REFUND, amount=-1000, rate=None, exchange=7),
        draft(5, Kind.REFUND, amount=-1000, rate=None),
        draft(6, days=31),
    ):
        book(session, each, now=AT)
    return session


def sums(session, first=OCTOBER, last=NOVEMBER, as_of=None, currency=None):
    as_of = last_number(session) if as_of is None else as_of
    found = exchange_sums(session, first, last, currency=currency, as_of=as_of)
    return [(one.month, one.entries, one.charged, one.settled, one.gain) for one in found]


def test_converted_entries_and_those_that_moved_exchange_count_by_month(booked):
    assert sums(booked) == [
        ("2026-10", 3, 300_000, 3000, -13),
        ("2026-11", 1, 500_000, 5000, 0),
    ]
    assert sums(booked, NOVEMBER) == [("2026-11", 1, 500_000, 5000, 0)]
    assert sums(booked, currency="eur") == []


def test_what_was_booked_since_is_taken_off(booked):
    assert sums(booked, as_of=3) == [("2026-10", 2, 400_000, 4000, -20)]
    assert sums(booked, as_of=0) == []


def test_a_reversal_takes_back_what_rates_had_made(booked):
    reverse(booked, "txn_4", memo="m", occurred_at=AT, now=AT)
    assert sums(booked, OCTOBER, OCTOBER) == [("2026-10", 4, 400_000, 4000, -20)]
    assert days_that_differ(booked) == []


def test_a_total_somebody_touched_is_found(booked):
    booked.execute(ExchangeMonth.__table__.update().values(gain_minor=1))
    assert [str(day) for day in days_that_differ(booked)] == ["2026-10-01", "2026-11-01"]
