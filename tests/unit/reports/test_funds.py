from __future__ import annotations

from datetime import UTC, date, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest
from tests_support.booked_life import live

from donations.giving.fund_models import Fund
from donations.kernel.database import begin_write
from donations.kernel.money import Money
from donations.kernel.months import Month
from donations.ledger.books import book, last_number
from donations.ledger.chart import Account, Kind
from donations.ledger.codes import Codes
from donations.ledger.drafts import About, Draft, Line
from donations.ledger.releases import holdings
from donations.reports.funds import build
from donations.reports.table import Question

OCTOBER = Month(2026, 10)


@pytest.fixture
def ask(session):
    def asked(first=OCTOBER, last=OCTOBER, **narrower):
        known = {
            "as_of": last_number(session),
            "zone": ZoneInfo("Europe/Amsterdam"),
            "codes": Codes.build({}),
            "fiscal_year_start": 1,
            "now": datetime(2026, 11, 24, 12, tzinfo=UTC),
        }
        return Question(first=first, last=last, **{**known, **narrower})

    return asked


@pytest.fixture
def courts(session):
    """Books what moves a fund."""
    session.add(Fund(code="courts", name="The courts", restricted=True, opened_on=date(2026, 1, 1)))
    session.commit()
    begin_write(session)
    numbers = iter(range(1000))

    def moved(month, amount, kind=Kind.GIFT, fee=0):
        at = datetime(2026, month, 9, 12, tzinfo=UTC)
        source = f"txn_{next(numbers)}"
        if kind is Kind.RELEASE:
            lines = (
                Line(Account.RELEASED, "usd", amount, "courts"),
                Line(Account.RELEASED, "usd", -amount),
            )
            draft = Draft(source, kind, Money(amount, "usd"), at, lines)
        else:
            draft = Draft.of_movement(
                kind,
                source=source,
                amount=amount,
                fee=fee,
                currency="usd",
                charged=Money(amount, "usd"),
                occurred_at=at,
                about=About(frequency="once", fund="courts"),
            )
        assert book(session, draft, now=at)

    return moved


def table(report, name="funds"):
    (section,) = [each for each in report.sections if each.name == name]
    keys = [column.key for column in section.columns]
    return [dict(zip(keys, row.cells, strict=True)) for row in section.rows]


def usd(minor):
    return Money(minor, "usd")


def test_a_fund_goes_from_opening_to_closing(session, courts, ask):
    courts(9, 10_000, fee=300)
    courts(9, 1_000, Kind.RELEASE)
    courts(10, 5_000, fee=150)
    courts(10, -2_000, Kind.REFUND)
    courts(10, -500, Kind.DISPUTE, fee=1500)
    courts(10, 3_000, Kind.RELEASE)
    courts(11, 7_777)
    row, total = table(build(session, ask()))
    assert (row["fund"], row["name"], row["restriction"]) == ("courts", "The courts", "restricted")
    figures = ("opening", "received", "refunded", "released", "closing")
    assert [row[key] for key in figures] == [*map(usd, (9_000, 5_000, -2_500, -3_000, 8_500))]
    assert total["closing"] == usd(8_500)
    (tie,) = table(build(session, ask()), "tie_out")
    assert (tie["books"], tie["difference"]) == (usd(8_500), usd(0))


def test_a_fund_that_is_open_to_any_use_says_so(session, courts, ask):
    session.query(Fund).update({"restricted": False})
    courts(10, 5_000)
    assert table(build(session, ask()))[0]["restriction"] == "unrestricted"


def test_money_for_a_fund_nobody_opened_is_shown_by_its_code(session, courts, ask):
    courts(10, 5_000)
    session.query(Fund).delete()
    assert table(build(session, ask()))[0]["name"] == "courts"


def test_what_was_booked_since_does_not_count(session, courts, ask):
    courts(10, 5_000)
    then = ask()
    courts(10, 2_000)
    for name in ("funds", "tie_out"):
        assert usd(5_000) in table(build(session, then), name)[0].values()
    assert not any(tie["difference"] for tie in table(build(session, then), "tie_out"))


@pytest.mark.parametrize(("narrower", "rows"), [({"currency": "eur"}, 0), ({"fund": "x"}, 0)])
def test_it_can_be_narrowed(session, courts, ask, narrower, rows):
    courts(10, 5_000)
    assert len(table(build(session, ask(**narrower)))) == rows
    assert len(table(build(session, ask(currency="usd", fund="courts")))) == 2


def test_a_whole_life_of_the_books_ties_and_agrees_with_what_may_be_released(session, ask):
    begin_write(session)
    live(session, Random(7))
    report = build(session, ask(Month(2026, 8), Month(2026, 12)))
    assert not any(tie["difference"] for tie in table(report, "tie_out"))
    held = {
        (fund, one.held.currency): one.held
        for fund, found in holdings(session).items()
        for one in found
    }
    shown = {(r["fund"], r["currency"].lower()): r["closing"] for r in table(report) if r["name"]}
    assert {key: money for key, money in shown.items() if key in held} == held
