from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from donations.kernel.database import begin_write
from donations.kernel.money import Money
from donations.ledger.books import book, reverse
from donations.ledger.chart import AGAINST, Kind
from donations.ledger.days import days_that_differ, rebuild
from donations.ledger.drafts import About, Draft, Shares
from donations.ledger.models import DayTotal, ExchangeMonth, MethodMonth, MonthTotal

START = datetime(2026, 10, 28, 12, 0, tzinfo=UTC)

BOOKINGS = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from([Kind.GIFT, Kind.GIFT, *AGAINST]),
            "hours": st.integers(0, 24 * 8),
            "amount": st.integers(-(10**7), 10**7),
            "fee": st.integers(0, 500),
            "tax": st.integers(0, 90),
            "deferred": st.integers(0, 900),
            "exchange": st.sampled_from([0, 0, 40, -3]),
            "rate": st.sampled_from([None, "1.1"]),
            "currency": st.sampled_from(["usd", "jpy"]),
            "frequency": st.sampled_from([None, "once", "monthly"]),
            "fund": st.sampled_from(["", "courts"]),
            "campaign": st.sampled_from([None, "article", "support"]),
            "method": st.sampled_from([None, "card", "sepa_debit"]),
            "country": st.sampled_from([None, "US", "NL"]),
            "cohort": st.sampled_from([None, "2026-10", "2026-11"]),
            "taken_back": st.booleans(),
        }
    ),
    max_size=8,
)


def draft(number, kind, hours, amount, fee, tax, currency, deferred=0, exchange=0, **about):
    return Draft.of_movement(
        kind,
        source=f"txn_{number}",
        amount=amount,
        fee=fee,
        fee_tax=min(tax, fee),
        currency=currency,
        charged=Money(amount, currency),
        occurred_at=START + timedelta(hours=hours),
        shares=Shares(exchange, deferred),
        exchange_rate=about.get("rate"),
        about=About(
            frequency=about.get("frequency"),
            fund=about.get("fund", ""),
            campaign=about.get("campaign"),
            method=about.get("method"),
            card_country=about.get("country"),
            cohort=about.get("cohort"),
        ),
    )


def kept(session):
    return [
        sorted(map(tuple, session.execute(select(*table.__table__.columns))))
        for table in (DayTotal, MonthTotal, ExchangeMonth, MethodMonth)
    ]


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(bookings=BOOKINGS)
def test_the_totals_are_what_the_postings_sum_to_and_are_made_anew_the_same(session, bookings):
    begin_write(session)
    for number, wanted in enumerate(bookings):
        back = wanted["taken_back"]
        rest = {name: value for name, value in wanted.items() if name != "taken_back"}
        book(session, draft(number, **rest), now=START)
        if back:
            reverse(session, f"txn_{number}", memo="m", occurred_at=START, now=START)
    assert days_that_differ(session) == []
    before = kept(session)
    rebuild(session)
    assert kept(session) == before
    session.rollback()


@pytest.fixture
def booked(session):
    """Two gifts on two days."""
    begin_write(session)
    for number, hours in enumerate((0, 24)):
        about = {"frequency": "once", "campaign": "article", "method": "card", "country": "NL"}
        book(session, draft(number, Kind.GIFT, hours, 5000, 175, 20, "usd", **about), now=START)
    session.commit()
    begin_write(session)
    return session


def test_a_day_says_what_it_sums_and_of_how_many_postings(booked):
    totals = booked.scalars(select(DayTotal).where(DayTotal.posted_on == date(2026, 10, 28))).all()
    assert {total.account: (total.minor, total.entries) for total in totals} == {
        "stripe_balance": (4825, 1),
        "fees": (155, 1),
        "fee_tax": (20, 1),
        "income": (-5000, 1),
    }
    assert {(total.frequency, total.campaign) for total in totals} == {("once", "article")}


def test_a_day_knows_its_debits(booked):
    totals = booked.scalars(select(DayTotal).where(DayTotal.posted_on == date(2026, 10, 28))).all()
    assert {total.account: total.debit_minor for total in totals} == {
        "stripe_balance": 4825,
        "fees": 155,
        "fee_tax": 20,
        "income": 0,
    }


def test_a_month_knows_its_gifts_by_way_of_paying(booked):
    method = booked.scalars(select(MethodMonth)).first()
    assert (method.method, method.card_country, method.currency) == ("card", "NL", "usd")
    assert (method.month, method.gifts, method.volume_minor) == ("2026-10", 2, 10000)
    assert (method.fee_minor, method.tax_minor) == (310, 40)


@pytest.mark.parametrize("table", [DayTotal, MethodMonth])
@pytest.mark.parametrize("deed", ["changed", "removed", "added"])
def test_a_total_somebody_touched_is_found_and_mended(booked, table, deed):
    columns = table.__table__.columns
    if table is DayTotal:
        key, sum_of = columns["posted_on"], columns["minor"]
        there, new, told = date(2026, 10, 29), date(2026, 10, 30), date(2026, 10, 29)
    else:
        key, sum_of = columns["month"], columns["volume_minor"]
        there, new, told = "2026-10", "2026-11", date(2026, 10, 1)
    if deed == "changed":
        booked.execute(update(table).where(key == there).values({sum_of.name: sum_of + 1}))
    elif deed == "removed":
        booked.execute(delete(table).where(key == there))
    else:
        row = dict(booked.execute(select(*columns)).mappings().first())
        booked.execute(table.__table__.insert().values(row | {key.name: new}))
        told = new if table is DayTotal else date(2026, 11, 1)
    assert days_that_differ(booked) == [told]
    rebuild(booked)
    assert days_that_differ(booked) == []


def test_a_month_is_what_its_days_sum_to_and_is_told_by_its_first_if_it_is_not(booked):
    months = booked.scalars(select(MonthTotal)).all()
    assert {total.account: (total.month, total.minor, total.entries) for total in months} == {
        "stripe_balance": ("2026-10", 9650, 2),
        "fees": ("2026-10", 310, 2),
        "fee_tax": ("2026-10", 40, 2),
        "income": ("2026-10", -10000, 2),
    }
    booked.execute(update(MonthTotal).values(minor=MonthTotal.minor + 1))
    assert days_that_differ(booked) == [date(2026, 10, 1)]
    rebuild(booked)
    assert days_that_differ(booked) == []
