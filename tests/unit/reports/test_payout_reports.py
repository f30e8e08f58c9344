from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from tests_support.banking import payout, payout_line

from donations.kernel.money import Money
from donations.kernel.months import Month
from donations.ledger.books import last_number
from donations.ledger.chart import Kind
from donations.ledger.codes import Codes
from donations.reports.payout_lines import PAYOUT_LINES
from donations.reports.payout_summary import PAYOUT_SUMMARY
from donations.reports.table import Question

AT = datetime(2026, 11, 18, 22, 30, tzinfo=UTC)


@pytest.fixture
def ask(session):
    def asked(definition, **more):
        question = Question(
            **{
                "first": Month(2026, 11),
                "last": Month(2026, 11),
                "as_of": last_number(session),
                "zone": ZoneInfo("Europe/Amsterdam"),
                "codes": Codes.build({"income.membership": "4711"}),
                "fiscal_year_start": 1,
                "now": datetime(2026, 11, 24, tzinfo=UTC),
                **more,
            }
        )
        [section] = definition.build(session, question).sections
        keys = [column.key for column in section.columns]
        return [dict(zip(keys, row.cells, strict=True)) for row in section.rows]

    return asked


def test_the_summary_has_a_line_for_each_payout_and_a_total_of_each_currency(session, ask):
    one = payout(session, trace_id="TRACE1")
    payout_line(session, one, "txn_a", Kind.GIFT, 5000, 175)
    payout(session, "po_2", 100, automatic=False, lines_at=None)
    payout(session, "po_3", 300, currency="eur")
    payout(session, "po_old", day=datetime(2026, 10, 31, tzinfo=UTC).date())
    rows = ask(PAYOUT_SUMMARY)
    assert [str(row["payout"]) for row in rows] == ["po_1", "po_2", "po_3", "Total", "Total"]
    assert rows[0]["trace_id"] == "TRACE1"
    assert (rows[0]["gross"].minor, rows[0]["stripe_fees"].minor) == (5000, -175)
    assert rows[0]["net"] == Money(4825, "usd")
    assert rows[0]["difference"] == Money(0, "usd")
    assert (rows[1]["gross"], rows[1]["net"].minor) == (None, 100)
    assert [(row["currency"], row["net"].minor) for row in rows[3:]] == [
        ("EUR", 300),
        ("USD", 4925),
    ]
    assert next(row["payout"] for row in ask(PAYOUT_SUMMARY, currency="eur")) == "po_3"


def test_the_lines_name_gift_supporter_code_and_the_day_of_the_charge(session, ask, give, enrol):
    reader = enrol(1, AT)
    name = give(AT, 5000, 175, frequency="monthly", supporter=reader)
    one = payout(session)
    payout_line(session, one, "txn_0", Kind.GIFT, 5000, 175, booked=False)
    payout_line(session, one, "txn_new", Kind.GIFT, 1, booked=False)
    first, second = ask(PAYOUT_LINES)
    assert first["gift"] == name
    assert first["supporter"] == reader.public_id
    assert (first["kind"], first["code"], first["category"]) == ("membership", "4711", "gift")
    assert (first["charged"], first["charged_currency"]) == (Money(5000, "usd"), "USD")
    assert (first["gross"].minor, first["fee"].minor, first["net"].minor) == (5000, 175, 4825)
    assert first["given_on"].isoformat() == "2026-11-18"
    assert second["category"] == "unbooked_gifts"
    assert (second["gift"], second["charged"], second["code"]) == (None, None, "9990")


def test_a_time_late_in_the_day_is_told_by_both_clocks(session, ask):
    one = payout(session)
    payout_line(
        session, one, "txn_a", Kind.GIFT, 5000, at=datetime(2026, 11, 18, 23, 30, tzinfo=UTC)
    )
    [row] = ask(PAYOUT_LINES)
    assert row["created"] == datetime(2026, 11, 18, 23, 30, tzinfo=UTC)
    assert row["created_local"] == "2026-11-19 00:30"


def test_one_payout_is_asked_for_whatever_the_months(session, ask):
    payout_line(session, payout(session), "txn_a", Kind.GIFT, 5000)
    payout_line(session, payout(session, "po_2"), "txn_b", Kind.GIFT, 5000)
    december = {"first": Month(2026, 12), "last": Month(2026, 12)}
    assert ask(PAYOUT_LINES, **december) == []
    assert [row["movement"] for row in ask(PAYOUT_LINES, subject="po_2", **december)] == ["txn_b"]
