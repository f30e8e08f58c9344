from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update
from tests_support.asking import differences, question, tables

from donations.giving.models import Dispute, Refund
from donations.ledger.books import reverse
from donations.ledger.chart import Kind
from donations.ledger.models import Books
from donations.reports.refunds_and_disputes import REFUNDS_AND_DISPUTES
from donations.reports.table import Link

SEPTEMBER = datetime(2026, 9, 10, 12, tzinfo=UTC)
AT = datetime(2026, 11, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def ask(session, **more):
    told = tables(REFUNDS_AND_DISPUTES, session, question(session, **more))
    assert not any(differences(told))
    return told


def test_a_refund_says_of_which_gift_how_much_and_which_fee_is_lost(session, give, take_back):
    gift = give(SEPTEMBER, 5000, 175)
    take_back(Refund, gift, 2000, AT, "succeeded")
    give(AT, -2000, kind=Kind.REFUND, gift=gift)
    [row] = ask(session)["returns"]
    assert (row["id"], row["what"], row["status"]) == (f"{gift}-R1", "refund", "succeeded")
    assert (row["date"], row["gift_date"]) == (date(2026, 11, 10), date(2026, 9, 10))
    assert (row["gift_month"], row["period"]) == ("2026-09", "earlier")
    assert (row["charged"].minor, row["settled"].minor, row["fee_lost"].minor) == (-2000, -2000, 70)
    report = REFUNDS_AND_DISPUTES.build(session, question(session))
    [linked] = report.sections[1].rows
    assert linked.links == {"id": Link("gift", {"public_id": gift})}


def test_a_return_of_a_month_that_is_closed_is_marked(session, give):
    gift = give(SEPTEMBER, 5000, 175)
    same = give(AT, 900)
    session.execute(update(Books).values(closed_through=date(2026, 9, 30)))
    give(AT, -5000, kind=Kind.REFUND, gift=gift)
    give(AT, -900, kind=Kind.REFUND, gift=same)
    assert [row["period"] for row in ask(session)["returns"]] == ["closed", "same"]


def test_a_dispute_costs_both_fees_until_it_is_won(session, give, take_back):
    gift = give(SEPTEMBER, 5000, 175)
    take_back(Dispute, gift, 5000, AT, "won")
    give(AT, -5000, 1500, kind=Kind.DISPUTE, gift=gift)
    give(AT + HOUR, 5000, kind=Kind.DISPUTE_REVERSED, gift=gift)
    out, back = ask(session)["returns"]
    assert (out["id"], out["reason"], out["status"]) == (f"{gift}-D1", "fraudulent", "won")
    assert (out["fee_lost"].minor, back["fee_lost"].minor) == (1675, -175)
    assert back["id"] == out["id"]
    assert (out["settled"].minor, back["settled"].minor) == (-5000, 5000)


def test_each_of_several_refunds_has_a_number_of_its_own(session, give, take_back):
    gift = give(SEPTEMBER, 5000)
    for number, amount in enumerate((1000, 500, 1000)):
        take_back(Refund, gift, amount, AT + number * HOUR, "succeeded")
    for amount in (500, 1000, 1000):
        give(AT, -amount, kind=Kind.REFUND, gift=gift)
    names = [row["id"].removeprefix(gift) for row in ask(session)["returns"]]
    assert names == ["-R2", "-R1", "-R3"]


def test_what_has_moved_no_money_waits_in_a_table_of_its_own(session, give, take_back):
    gift, asked_about = give(SEPTEMBER, 5000), give(SEPTEMBER, 700)
    take_back(Refund, gift, 5000, AT, "pending")
    take_back(Dispute, asked_about, 700, AT, "warning_needs_response")
    session.query(Dispute).one().answer_by = AT + timedelta(days=7, hours=11, minutes=30)
    session.commit()
    told = ask(session)
    assert told["returns"] == []
    refund, inquiry = told["not_moved"]
    assert (refund["id"], refund["status"]) == (f"{gift}-R1", "pending")
    assert (inquiry["id"], inquiry["due"]) == (f"{asked_about}-D1", date(2026, 11, 18))
    assert ask(session, first="2026-10")["not_moved"] == []


def test_a_correction_of_a_refund_is_listed_and_the_accounts_still_tie(session, give):
    gift = give(SEPTEMBER, 5000)
    give(AT, -5000, kind=Kind.REFUND, gift=gift)
    reverse(session, "txn_1", memo="booked twice", occurred_at=AT, now=AT)
    rows = ask(session)["returns"]
    assert [(row["what"], row["settled"].minor) for row in rows] == [
        ("refund", -5000),
        ("reversal", 5000),
    ]


@pytest.mark.parametrize("currency", ["jpy", "kwd"])
def test_one_currency_may_be_asked_for(session, give, currency):
    gift, other = give(SEPTEMBER, 5000, currency=currency), give(SEPTEMBER, 5000)
    give(AT, -10, kind=Kind.REFUND, gift=gift, currency=currency)
    give(AT, -10, kind=Kind.REFUND, gift=other)
    [row] = ask(session, currency=currency)["returns"]
    assert row["settled"].currency == currency
