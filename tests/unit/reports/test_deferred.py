from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest
from tests_support.booked_life import live

from donations.kernel.database import begin_write
from donations.kernel.money import Money
from donations.kernel.months import Month
from donations.ledger.books import book, last_number
from donations.ledger.chart import Kind
from donations.ledger.codes import Codes
from donations.ledger.deferrals import recognise
from donations.ledger.drafts import About, Draft, Shares
from donations.reports.deferred import build
from donations.reports.table import Question

ZONE = ZoneInfo("Europe/Amsterdam")
OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)


@pytest.fixture
def ask(session):
    def asked(first=OCTOBER, last=NOVEMBER, **narrower):
        known = {
            "as_of": last_number(session),
            "zone": ZONE,
            "codes": Codes.build({}),
            "fiscal_year_start": 1,
            "now": datetime(2026, 11, 24, 12, tzinfo=UTC),
        }
        return Question(first=first, last=last, **{**known, **narrower})

    return asked


@pytest.fixture
def put_off(session):
    numbers = iter(range(1000))

    def booked(day, deferred, kind=Kind.GIFT, frequency="annual", cohort="2026-10", fund=""):
        at = datetime(*day, 12, tzinfo=UTC)
        draft = Draft.of_movement(
            kind,
            source=f"txn_{next(numbers)}",
            amount=deferred,
            fee=0,
            currency="usd",
            charged=Money(deferred, "usd"),
            occurred_at=at,
            about=About(frequency=frequency, cohort=cohort, gift_reference="g", fund=fund),
            shares=Shares(deferred=deferred),
        )
        assert book(session, draft, now=at)

    begin_write(session)
    return booked


def table(report, name="deferred"):
    (section,) = [each for each in report.sections if each.name == name]
    keys = [column.key for column in section.columns]
    return [dict(zip(keys, row.cells, strict=True)) for row in section.rows]


def usd(minor):
    return Money(minor, "usd")


def test_a_cohort_goes_down_month_by_month(session, put_off, ask):
    put_off((2026, 10, 9), 1200)
    put_off((2026, 11, 9), -300, Kind.REFUND)
    for month in (OCTOBER, OCTOBER.later(1)):
        recognise(session, month, ZONE, now=month.end(ZONE))
    row, total = table(build(session, ask()))
    assert (row["booked_month"], row["term"], row["code"]) == ("2026-10", "annual", "2400")
    assert row["booked"] == usd(1200)
    assert (row["2026-10"], row["2026-11"]) == (usd(100), usd(72))  # 800 over eleven months
    assert (row["refunded"], row["remaining"]) == (usd(300), usd(728))
    assert total["remaining"] == usd(728)


def test_what_was_income_before_the_months_asked_about_is_one_column(session, put_off, ask):
    put_off((2026, 10, 9), 1200)
    for ahead in range(3):
        month = OCTOBER.later(ahead)
        recognise(session, month, ZONE, now=month.end(ZONE))
    row, _ = table(build(session, ask(Month(2026, 12), Month(2026, 12))))
    assert (row["earlier"], row["2026-12"], row["remaining"]) == (usd(200), usd(100), usd(900))


def test_more_than_a_year_shows_its_last_twelve_months(session, put_off, ask):
    put_off((2026, 10, 9), 1200)
    report = build(session, ask(Month(2025, 1), Month(2026, 11)))
    keys = [column.key for column in report.sections[0].columns]
    assert len([key for key in keys if key.startswith("20")]) == 12


def test_what_is_still_to_come_is_planned_and_drawn_to_the_end(session, put_off, ask):
    put_off((2026, 10, 9), 1200)
    recognise(session, OCTOBER, ZONE, now=OCTOBER.end(ZONE))
    report = build(session, ask(OCTOBER, OCTOBER))
    ahead = table(report, "deferred_ahead")
    assert ahead[0] == {
        "month": "2026-10",
        "currency": "USD",
        "income": usd(0),
        "owed": usd(1100),
    }
    assert [row["income"] for row in ahead[1:]] == [usd(100)] * 11
    assert ahead[-1]["owed"] == usd(0)
    (drawing,) = report.drawings
    assert [bar.amount for bar in drawing.bars] == [row["owed"] for row in ahead]


def test_a_month_not_made_income_yet_is_planned_for_itself(session, put_off, ask):
    put_off((2026, 10, 9), 1200)
    first = table(build(session, ask(OCTOBER, OCTOBER)), "deferred_ahead")[0]
    assert (first["income"], first["owed"]) == (usd(100), usd(1100))


def test_it_ties_to_the_liability_and_shows_where_it_does_not(session, put_off, ask):
    put_off((2026, 10, 9), 1200)
    (tie,) = table(build(session, ask()), "tie_out")
    assert (tie["report"], tie["books"], tie["difference"]) == (usd(1200), usd(1200), usd(0))
    put_off((2026, 10, 9), 50, Kind.ADJUSTMENT, cohort=None)
    (tie,) = table(build(session, ask()), "tie_out")
    assert tie["difference"] == usd(-50)


def test_cohorts_that_ended_before_are_left_out(session, put_off, ask):
    put_off((2026, 10, 9), 100, frequency="monthly")
    recognise(session, OCTOBER, ZONE, now=OCTOBER.end(ZONE))
    assert len(table(build(session, ask(OCTOBER, OCTOBER)))) == 2
    assert table(build(session, ask(Month(2026, 11), Month(2026, 11)))) == []


def test_funds_are_told_apart_and_can_be_asked_for(session, put_off, ask):
    put_off((2026, 10, 9), 1200)
    put_off((2026, 10, 9), 600, fund="courts")
    assert [row["fund"] for row in table(build(session, ask()))] == ["", "courts", ""]
    row, _ = table(build(session, ask(fund="courts")))
    assert row["booked"] == usd(600)
    assert table(build(session, ask(fund="courts")), "tie_out")[0]["difference"] == usd(0)
    assert table(build(session, ask(currency="eur"))) == []


def test_it_says_the_same_whatever_was_booked_since(session, put_off, ask):
    put_off((2026, 10, 9), 1200)
    then = ask()
    before = [table(build(session, then), name) for name in ("deferred", "tie_out")]
    put_off((2026, 10, 10), 700)
    recognise(session, OCTOBER, ZONE, now=OCTOBER.end(ZONE))
    assert [table(build(session, then), name) for name in ("deferred", "tie_out")] == before


@pytest.mark.parametrize("seed", [5, 6])
def test_a_whole_life_of_the_books_ties(session, ask, seed):
    begin_write(session)
    live(session, Random(seed))
    for month in range(8, 12):
        report = build(session, ask(Month(2026, 8), Month(2026, month)))
        ties = table(report, "tie_out")
        assert ties and not any(tie["difference"] for tie in ties)
        for row in table(report):
            given = [row[key] for key in row if key.startswith("20") or key == "earlier"]
            left = row["booked"] - row["refunded"] - row["remaining"]
            assert sum(money.minor for money in given) == left.minor
