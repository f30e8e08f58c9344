import pytest
from sqlalchemy import select
from tests_support.banking import bank_lines, batch, line, payout, take_in

from donations.ledger.books import balances
from donations.reconciliation.models import BankMatch


@pytest.fixture
def which(session, master):
    take_in(session, master, line(5000))
    return bank_lines(session)[0].id


def test_a_candidate_is_chosen_and_the_match_undone(sign_in, session, which):
    payout(session, amount=5000)
    staff = sign_in("finance")
    assert "This is it" in staff.get(f"/office/bank/{which}").text
    assert staff.post(f"/office/bank/{which}/match", names="po_1").status_code == 303
    assert "Undo the match" in staff.get(f"/office/bank/{which}").text
    assert balances(session)["bank", "usd"] == 5000
    session.rollback()
    assert session.scalars(select(BankMatch.by)).all() == ["finance"]
    session.rollback()
    assert staff.post(f"/office/bank/{which}/undo").status_code == 303
    assert "undone by finance" in staff.get(f"/office/bank/{which}").text
    assert balances(session)["bank", "usd"] == 0


def test_several_typed_together_must_sum_and_what_was_typed_stays(sign_in, session, which):
    payout(session, amount=4825)
    batch(session, "batch7", 174)
    staff = sign_in("finance")
    answer = staff.post(f"/office/bank/{which}/match", names="po_1\nbatch7")
    assert answer.status_code == 422
    assert "These come to $49.99" in answer.text
    assert "po_1\nbatch7</textarea>" in answer.text
    batch(session, "batch8", 175)
    assert staff.post(f"/office/bank/{which}/match", names="po_1, batch8").status_code == 303
    assert balances(session)["undeposited", "usd"] == -175


def test_a_number_of_nothing_is_named(sign_in, session, which):
    answer = sign_in("finance").post(f"/office/bank/{which}/match", names="po_none")
    assert answer.status_code == 422
    assert "called po_none" in answer.text


def test_a_line_is_left_aside_with_a_reason_and_looked_at_again(sign_in, session, which):
    staff = sign_in("finance")
    assert staff.post(f"/office/bank/{which}/dismiss", why="").status_code == 422
    assert staff.post(f"/office/bank/{which}/dismiss", why="Rent paid back").status_code == 303
    assert "Rent paid back" in staff.get(f"/office/bank/{which}").text
    assert staff.post(f"/office/bank/{which}/restore").status_code == 303
    assert "This is none" not in staff.get(f"/office/bank/{which}").text


def test_open_lines_are_matched_again_on_demand(sign_in, session, which):
    payout(session, amount=5000)
    answer = sign_in("finance").post("/office/bank/match")
    assert answer.location == "/office/bank?tied=1"


def test_who_reads_the_books_changes_nothing(sign_in, session, which):
    staff = sign_in("accountant")
    assert "This is it" not in staff.get(f"/office/bank/{which}").text
    for deed in ("match", "undo", "dismiss", "restore"):
        assert staff.post(f"/office/bank/{which}/{deed}").status_code == 403
