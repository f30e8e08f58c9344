from datetime import timedelta

import pytest
from sqlalchemy import select
from tests_support.banking import DAY, bank_lines, line, payout, take_in

from donations.kernel.database import begin_write
from donations.kernel.money import Money
from donations.ledger.books import balances
from donations.ledger.models import Entry
from donations.reconciliation.matching import match_lines, payout_bank_amount
from donations.reconciliation.receipts import dismiss, undo

TRACE = "000012345678901"


@pytest.fixture
def match(session, master, clock):
    def matched():
        found = match_lines(begin_write(session), master, now=clock.now())
        session.commit()
        return found

    return matched


def test_a_line_that_quotes_the_trace_id_is_the_payout_whatever_the_amount(session, master, match):
    sent = payout(session, trace_id=TRACE)
    take_in(session, master, line(4800, DAY + timedelta(days=20), text=f"STRIPE {TRACE}"))
    [tied] = match().tied
    assert (tied.payout, tied.rule) == ("po_1", "trace")
    assert payout_bank_amount(session, sent) == Money(4800, "usd")
    assert balances(session)["in_transit", "usd"] == 25
    assert balances(session)["bank", "usd"] == 4800


def test_the_trace_id_may_be_heard_of_after_the_line(session, master, match):
    take_in(session, master, line(1, text=f"STRIPE {TRACE}"))
    assert not match().tied
    payout(session, trace_id=TRACE)
    assert [one.rule for one in match().tied] == ["trace"]
    assert bank_lines(session)[0].reference == TRACE


@pytest.mark.parametrize(("days", "tied"), [(-2, 0), (-1, 1), (0, 1), (5, 1), (6, 0)])
def test_one_payout_and_one_line_of_an_amount_meet_about_the_day(
    session, master, match, days, tied
):
    payout(session)
    take_in(session, master, line(day=DAY + timedelta(days=days)))
    assert len(match().tied) == tied


@pytest.mark.parametrize("state", ["pending", "failed", "canceled"])
def test_a_payout_that_is_not_under_way_is_not_matched_by_amount(session, master, match, state):
    payout(session, state=state)
    take_in(session, master, line())
    assert not match().tied


def test_another_currency_or_a_cent_is_another_line(session, master, match):
    payout(session)
    take_in(session, master, line(4826), line(4825, currency="eur"), line(-4825))
    assert not match().tied


def test_two_lines_of_one_amount_are_left_to_a_person(session, master, match):
    payout(session)
    take_in(session, master, line(), line())
    found = match()
    assert not found.tied
    assert [[one.name for one in each.candidates] for each in found.unsure] == [["po_1"], ["po_1"]]


def test_two_payouts_of_one_amount_are_left_to_a_person(session, master, match):
    payout(session)
    payout(session, "po_2", day=DAY + timedelta(days=1))
    take_in(session, master, line())
    found = match()
    assert not found.tied
    assert [one.name for one in found.unsure[0].candidates] == ["po_1", "po_2"]


def test_two_lines_that_quote_one_payout_are_left_to_a_person(session, master, match):
    payout(session, trace_id=TRACE)
    take_in(session, master, line(text=TRACE), line(text=f"{TRACE} again"))
    assert not match().tied


def test_a_line_is_booked_once_on_its_own_day(session, master, match):
    payout(session)
    take_in(session, master, line(day=DAY + timedelta(days=2)))
    assert match().tied
    assert not match().tied
    [entry] = session.scalars(select(Entry).where(Entry.kind == "bank_receipt"))
    assert entry.posted_on == DAY + timedelta(days=2)
    assert entry.source.startswith("bank:") and entry.source.endswith(":1")
    assert entry.memo == "po_1"
    assert balances(session)["in_transit", "usd"] == 0


def test_a_dismissed_line_is_left_alone(session, master, match):
    payout(session)
    take_in(session, master, line())
    dismiss(session, bank_lines(session)[0], why="Rent paid back", by="finance")
    session.commit()
    found = match()
    assert not found.tied
    assert not found.unsure


def test_no_bank_amount_is_known_while_no_line_is_matched(session, master, match, clock):
    sent = payout(session)
    assert payout_bank_amount(session, sent) is None
    take_in(session, master, line())
    match()
    undo(begin_write(session), bank_lines(session)[0], by="finance", now=clock.now())
    session.commit()
    assert payout_bank_amount(session, sent) is None
