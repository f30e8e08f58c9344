from datetime import timedelta

import pytest
from sqlalchemy import select
from tests_support.banking import DAY, bank_lines, batch, line, payout, take_in

from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound
from donations.ledger.books import balances
from donations.ledger.models import Books, Entry
from donations.reconciliation.models import BankMatch
from donations.reconciliation.receipts import CannotMatch, dismiss, match_by_hand, restore, undo


@pytest.fixture
def say(session, clock):
    def said(which, payouts=(), batches=()):
        begin_write(session)
        match_by_hand(session, which, payouts, batches, by="vera", now=clock.now())
        session.commit()

    return said


@pytest.fixture
def one_line(session, master):
    def taken(*args, **more):
        take_in(session, master, line(*args, **more), digest=f"{args}{more}")
        return bank_lines(session)[-1]

    return taken


def reason(session, call):
    with pytest.raises(CannotMatch) as refusal:
        call()
    session.rollback()
    return refusal.value.reason


def test_a_payout_chosen_by_hand_is_booked_as_the_bank_shows_it(session, say, one_line):
    say(one_line(4800), [payout(session)])
    assert balances(session)["bank", "usd"] == 4800
    assert balances(session)["in_transit", "usd"] == 25
    assert session.scalars(select(BankMatch.by)).all() == ["vera"]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Moscow"])
def test_a_line_is_posted_on_the_banks_own_day_wherever_the_books_are_kept(
    session, say, one_line, zone
):
    begin_write(session)
    session.scalars(select(Books)).one().zone = zone
    session.commit()
    say(one_line(), [payout(session)])
    statement = select(Entry.posted_on).where(Entry.kind == "bank_receipt")
    assert session.scalars(statement).all() == [DAY]


def test_a_batch_leaves_what_was_undeposited(session, say, one_line):
    say(one_line(25000), [], [batch(session)])
    assert balances(session)["undeposited", "usd"] == -25000
    assert balances(session)["bank", "usd"] == 25000


def test_one_line_may_be_several_payouts_that_sum_to_it(session, say, one_line):
    both = [payout(session), payout(session, "po_2", 175)]
    say(one_line(5000), both)
    assert balances(session)["in_transit", "usd"] == 0
    sources = session.scalars(select(BankMatch.source).order_by(BankMatch.id)).all()
    assert [source[-2:] for source in sources] == [":1", ":2"]


def test_several_that_do_not_sum_to_the_line_are_refused(session, say, one_line):
    both = [payout(session), payout(session, "po_2", 175)]
    which = one_line(5001)
    with pytest.raises(CannotMatch) as refusal:
        say(which, both)
    assert (refusal.value.reason, refusal.value.chosen.minor) == ("sum", 5000)


def test_a_match_undone_is_reversed_and_can_be_made_again(session, say, one_line, clock):
    which, sent = one_line(), payout(session)
    say(which, [sent])
    undo(begin_write(session), which, by="olga", now=clock.now())
    session.commit()
    assert balances(session)["bank", "usd"] == 0
    [match] = session.scalars(select(BankMatch)).all()
    assert (match.undone_by, match.undone_at) == ("olga", clock.now())
    assert session.scalars(select(Entry.posted_on)).all() == [DAY] * 3
    say(which, [sent])
    assert balances(session)["bank", "usd"] == 4825
    assert balances(session)["in_transit", "usd"] == 0


def test_undoing_in_a_closed_month_corrects_the_open_one(session, say, one_line, clock):
    which, sent = one_line(), payout(session)
    say(which, [sent])
    begin_write(session)
    session.scalars(select(Books)).one().closed_through = DAY.replace(day=30)
    session.commit()
    undo(begin_write(session), which, by="olga", now=clock.now())
    session.commit()
    assert session.scalars(select(Entry.posted_on).order_by(Entry.id)).all()[-1] == (
        DAY.replace(month=12, day=1)
    )


def test_a_failed_payout_that_had_arrived_goes_back(session, say, one_line):
    sent = payout(session)
    say(one_line(4825), [sent])
    sent.state = "failed"
    session.commit()
    back = one_line(-4825, DAY + timedelta(days=3))
    say(back, [sent])
    assert balances(session)["bank", "usd"] == 0
    assert balances(session)["in_transit", "usd"] == 4825


def test_money_goes_back_only_of_a_payout_that_failed(session, say, one_line):
    which, sent = one_line(-4825), payout(session)
    assert reason(session, lambda: say(which, [sent])) == "not_back"


def test_what_is_matched_or_dismissed_is_not_matched_again(session, say, one_line):
    first, second = one_line(), one_line(4825, DAY + timedelta(days=1))
    sent, other = payout(session), payout(session, "po_2")
    say(first, [sent])
    assert reason(session, lambda: say(first, [other])) == "line_taken"
    assert reason(session, lambda: say(second, [sent])) == "already_there"
    dismiss(session, second, why="not ours", by="vera")
    session.commit()
    assert reason(session, lambda: say(second, [other])) == "line_dismissed"
    restore(second)
    session.commit()
    say(second, [other])


def test_a_choice_that_cannot_be_is_refused(session, say, one_line):
    which = one_line()
    euros, open_batch = payout(session, currency="eur"), batch(session, closed=False)
    assert reason(session, lambda: say(which)) == "nothing_chosen"
    assert reason(session, lambda: say(which, [euros])) == "currency"
    assert reason(session, lambda: say(which, [], [open_batch])) == "not_closed"


def test_a_line_is_dismissed_with_a_reason_and_by_name(session, one_line, say):
    which = one_line()
    assert reason(session, lambda: dismiss(session, which, why="  ", by="vera")) == "no_reason"
    dismiss(session, which, why="Rent  paid back", by="vera")
    session.commit()
    assert (which.dismissed_by, which.dismissed_why) == ("vera", "Rent paid back")


def test_a_matched_line_is_not_dismissed_and_an_open_one_not_undone(session, one_line, say, clock):
    which, sent = one_line(), payout(session)
    with pytest.raises(NotFound):
        undo(begin_write(session), which, by="vera", now=clock.now())
    say(which, [sent])
    assert reason(session, lambda: dismiss(session, which, why="x", by="vera")) == "line_taken"
