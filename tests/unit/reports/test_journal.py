from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event
from tests_support.booked_life import live

from donations.kernel.database import begin_write
from donations.kernel.money import Money
from donations.kernel.months import Month
from donations.ledger.books import last_number
from donations.ledger.codes import Codes
from donations.reports.catalogue import report_named
from donations.reports.journal import JOURNAL, build
from donations.reports.table import Link, Question


@pytest.fixture
def ask(session):
    def asked(**narrower):
        known = {
            "first": Month(2026, 10),
            "last": Month(2026, 11),
            "as_of": last_number(session),
            "zone": ZoneInfo("Europe/Amsterdam"),
            "codes": Codes.build({}),
            "fiscal_year_start": 1,
            "now": datetime(2026, 11, 24, 12, tzinfo=UTC),
        }
        return Question(**{**known, **narrower})

    return asked


def table(report, name="journal"):
    (section,) = [each for each in report.sections if each.name == name]
    keys = [column.key for column in section.columns]
    return [dict(zip(keys, row.cells, strict=True)) for row in section.rows]


def test_it_is_among_the_reports():
    assert report_named("journal") is JOURNAL
    assert JOURNAL.in_pack and not JOURNAL.frozen


def test_every_line_says_what_when_and_from_where(session, give, ask):
    name = give(datetime(2026, 10, 31, 23, 30, tzinfo=UTC), 5000, 175, frequency="monthly")
    rows = table(build(session, ask()))
    assert [(row["code"], row["debit"], row["credit"]) for row in rows] == [
        ("1200", Money(4825, "usd"), None),
        ("6100", Money(175, "usd"), None),
        ("4010", None, Money(5000, "usd")),
    ]
    assert {row["batch"] for row in rows} == {"2026-11"}  # by the newsroom's clocks
    assert {row["source"] for row in rows} == {"txn_0"}
    assert {row["memo"] for row in rows} == {f"Gift {name}"}
    assert {row["tax_code"] for row in rows} == {""}
    (section, _) = build(session, ask()).sections
    assert next(iter(section.rows)).links["gift"] == Link("gift", {"public_id": name})


def test_debits_and_credits_are_the_same_and_the_difference_is_printed(session, give, ask):
    give(datetime(2026, 10, 5, tzinfo=UTC), 5000, 175)
    give(datetime(2026, 10, 6, tzinfo=UTC), 700, 10, currency="jpy")
    report = build(session, ask())
    assert table(report, "journal_totals") == [
        {
            "currency": each.upper(),
            "lines": 3,
            "debit": Money(minor, each),
            "credit": Money(minor, each),
            "difference": Money(0, each),
        }
        for each, minor in (("jpy", 700), ("usd", 5000))
    ]


@pytest.mark.parametrize(
    ("narrower", "count"),
    [
        ({"currency": "jpy"}, 3),
        ({"subject": "income"}, 2),
        ({"kind": "gift"}, 3),
        ({"kind": "membership"}, 3),
        ({"fund": "courts"}, 0),
        ({"first": Month(2026, 11)}, 0),
    ],
)
def test_it_can_be_narrowed(session, give, ask, narrower, count):
    give(datetime(2026, 10, 5, tzinfo=UTC), 5000, 175)
    give(datetime(2026, 10, 6, tzinfo=UTC), 700, 10, currency="jpy", frequency="annual")
    report = build(session, ask(**narrower))
    assert len(table(report)) == count
    (totals,) = [each for each in report.sections if each.name == "journal_totals"]
    narrow = "subject" in narrower or "fund" in narrower
    assert totals.columns[-1].key == ("balance" if narrow else "difference")


def test_what_was_booked_after_the_entry_asked_about_does_not_count(session, give, ask):
    give(datetime(2026, 10, 5, tzinfo=UTC), 5000, 175)
    then = ask()
    give(datetime(2026, 10, 1, tzinfo=UTC), 900, 10)
    assert len(table(build(session, then))) == 3
    assert table(build(session, then), "journal_totals")[0]["debit"] == Money(5000, "usd")


def test_lines_are_read_some_at_a_time_and_none_is_lost_between(session, ask, monkeypatch):
    begin_write(session)
    live(session, Random(3), days=20)
    question = ask(first=Month(2026, 8), currency="usd")
    whole = table(build(session, question))
    monkeypatch.setattr("donations.reports.journal_formats.entries._AT_ONCE", 3)
    section = build(session, question).sections[0]
    asked = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *args: asked.append(args[2]))
    rows = iter(section.rows)
    assert not asked
    first = next(rows)
    assert 2 <= len(asked) < 8
    assert [first.cells, *(row.cells for row in rows)] == [tuple(row.values()) for row in whole]
    assert len(whole) > 10
