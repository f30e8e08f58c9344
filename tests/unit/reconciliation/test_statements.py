from datetime import timedelta

from sqlalchemy import select
from tests_support.banking import DAY, bank_lines, line, payout, take_in

from donations.reconciliation.models import BankLine, BankStatement
from donations.reconciliation.statements import TEXT_COLUMN
from donations.vault.sealed import open_operational


def test_the_same_file_twice_gives_each_line_once(session, master):
    assert take_in(session, master, line(), line(100)).added == 2
    again = take_in(session, master, line(), line(100))
    assert (again.added, again.known, len(again.line_ids)) == (0, 2, 2)
    assert len(bank_lines(session)) == 2
    assert len(session.scalars(select(BankStatement)).all()) == 1


def test_overlapping_statements_give_each_line_once(session, master):
    first, second, third = (line(100 * n, DAY + timedelta(days=n)) for n in (1, 2, 3))
    take_in(session, master, first, second, digest="october")
    assert take_in(session, master, second, third, digest="november").added == 1
    assert [one.amount_minor for one in bank_lines(session)] == [100, 200, 300]


def test_lines_alike_in_everything_are_told_apart_within_their_day(session, master):
    assert take_in(session, master, line(), line()).added == 2
    assert take_in(session, master, line(), line(), line(), digest="later").added == 1
    other_day = line(day=DAY + timedelta(days=1))
    assert take_in(session, master, other_day, digest="tomorrow").added == 1


def test_lines_of_two_accounts_stay_apart(session, master):
    assert take_in(session, master, line(account="111111"), line(account="222222")).added == 2
    assert sorted(session.scalars(select(BankStatement.account))) == ["111111", "222222"]


def test_what_a_line_says_is_sealed(session, master):
    take_in(session, master, line(text="GIFT OF ANNA MUSTER"))
    [found] = bank_lines(session)
    assert found.reference is None
    assert open_operational(master, TEXT_COLUMN, found.text_sealed) == "GIFT OF ANNA MUSTER"
    session.rollback()
    for row in session.execute(select(BankLine.__table__)):
        assert b"MUSTER" not in b" ".join(str(value).encode() for value in row)


def test_only_a_payouts_own_reference_is_kept_in_plain_words(session, master):
    payout(session, trace_id="000012345678901")
    payout(session, "po_1Abc", amount=1)
    take_in(
        session,
        master,
        line(text="STRIPE 000012345678901 ANNA"),
        line(text="EREF+po_1Abc"),
        line(text="ANNA MUSTER 99999999"),
        line(text="po_1Abc and 000012345678901"),
    )
    assert [one.reference for one in bank_lines(session)] == [
        "000012345678901",
        "po_1Abc",
        None,
        None,
    ]
