from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from donations.closing.walk import Standing, Step, next_to_close, walk
from donations.kernel.database import writing
from donations.kernel.months import Month
from donations.ledger.models import DayTotal

OCTOBER = Month(2026, 10)
AFTER = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


def stage(session, step, month=OCTOBER, now=AFTER):
    return next(one for one in walk(session, month, now=now).stages if one.step is step)


def test_a_month_with_everything_done_is_ready(session, books):
    walked = walk(session, OCTOBER, now=AFTER)
    assert [one.standing for one in walked.stages] == [Standing.DONE] * 8
    assert walked.ready
    assert not walked.open(explained=False)


def test_no_month_closes_while_the_books_are_empty(session, empty_books):
    assert next_to_close(session) is None
    assert stage(session, Step.IN_ORDER).standing is Standing.BLOCKED


def test_months_close_in_order_from_the_first_entry_on(session, books):
    assert next_to_close(session) == OCTOBER
    later = stage(session, Step.IN_ORDER, Month(2026, 11))
    assert later.standing is Standing.BLOCKED
    assert later.abouts[0].name == "2026-10"
    books.close()
    assert next_to_close(session) == Month(2026, 11)


def test_a_month_ends_by_the_clocks_of_the_books(session, books):
    # Amsterdam is on winter time then: midnight is 23:00 UTC.
    early = datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC)
    assert stage(session, Step.OVER, now=early).standing is Standing.WAITING
    just = datetime(2026, 10, 31, 23, 0, tzinfo=UTC)
    assert stage(session, Step.OVER, now=just).standing is Standing.DONE


def test_a_sweep_must_have_come_past_the_end(session, empty_books):
    empty_books.gift(1_000, datetime(2026, 10, 3, tzinfo=UTC))
    assert stage(session, Step.SWEPT).standing is Standing.WAITING
    empty_books.swept(datetime(2026, 10, 31, 22, 0, tzinfo=UTC))
    assert stage(session, Step.SWEPT).standing is Standing.WAITING
    empty_books.swept(datetime(2026, 11, 1, 2, 0, tzinfo=UTC))
    assert stage(session, Step.SWEPT).standing is Standing.DONE


def test_what_the_latest_sweep_could_not_mend_blocks(session, books):
    books.swept(failed=2)
    found = stage(session, Step.SWEPT)
    assert (found.standing, found.open) == (Standing.BLOCKED, 2)


def test_a_gift_whose_movement_has_not_come_is_waited_for(session, books):
    name = books.gift(700, datetime(2026, 10, 31, 22, 30, tzinfo=UTC), booked=False)
    books.gift(700, datetime(2026, 10, 31, 23, 30, tzinfo=UTC), booked=False)  # in November there
    found = stage(session, Step.BOOKED)
    assert found.standing is Standing.WAITING
    assert [about.name for about in found.abouts] == [name]


def test_a_payout_without_its_bank_line_blocks(session, books):
    payout = books.payout(500, date(2026, 10, 30))
    found = stage(session, Step.PAYOUTS)
    assert (found.standing, found.open, found.total) == (Standing.BLOCKED, 1, 2)
    assert (found.abouts[0].name, found.abouts[0].note) == (payout.stripe_id, "not_at_bank")
    books.banked(payout)
    assert stage(session, Step.PAYOUTS).standing is Standing.DONE


def test_a_payout_the_bank_has_as_another_amount_blocks_until_it_is_explained(session, books):
    payout = books.payout(500, date(2026, 10, 30))
    books.banked(payout, 499)
    assert stage(session, Step.PAYOUTS).abouts[0].note == "bank_differs"
    books.exception(
        "payout_bank_differs",
        payout.stripe_id,
        payout.arrives_on,
        explained_at=AFTER,
        explained_by="finance",
        explanation="The bank took a cent.",
    )
    assert stage(session, Step.PAYOUTS).standing is Standing.DONE


def test_a_payout_whose_lines_are_unknown_blocks_unless_it_was_sent_by_hand(session, books):
    payout = books.payout(500, date(2026, 10, 30), lines=False)
    books.banked(payout)
    assert stage(session, Step.PAYOUTS).abouts[0].note == "lines_unknown"
    with writing(session):
        payout.automatic = False
    assert stage(session, Step.PAYOUTS).standing is Standing.DONE


def test_a_payout_that_failed_is_done_when_it_came_back(session, books):
    payout = books.payout(500, date(2026, 10, 30), state="failed")
    assert stage(session, Step.PAYOUTS).abouts[0].note == "not_back"
    with writing(session):
        payout.return_movement = "txn_back"
    assert stage(session, Step.PAYOUTS).standing is Standing.DONE


def test_without_any_statement_the_payouts_are_to_be_explained(session, empty_books):
    empty_books.gift(1_000, datetime(2026, 10, 3, tzinfo=UTC))
    empty_books.payout(900, date(2026, 10, 28))
    empty_books.swept()
    walked = walk(session, OCTOBER, now=AFTER)
    assert [one.step for one in walked.to_explain] == [Step.PAYOUTS]
    assert walked.ready
    assert walked.open(explained=False)
    assert not walked.open(explained=True)


@pytest.mark.parametrize("banked_on", [date(2026, 10, 9), date(2026, 9, 9)])
def test_an_open_batch_banked_by_then_blocks(session, books, banked_on):
    name = books.batch(banked_on)
    books.batch(date(2026, 11, 1))
    books.batch(date(2026, 10, 1), closed=True)
    assert [about.name for about in stage(session, Step.BATCHES).abouts] == [name]


def test_an_open_exception_blocks_until_it_clears_or_is_explained(session, books):
    found = books.exception("no_fund", "gift7", date(2026, 10, 9))
    books.exception("no_fund", "gift8", date(2026, 11, 2))
    blocked = stage(session, Step.EXCEPTIONS)
    assert [(about.name, about.note) for about in blocked.abouts] == [("no_fund", "1")]
    assert (blocked.standing, blocked.open) == (Standing.BLOCKED, 1)
    with writing(session):
        found.cleared_at = AFTER
    assert stage(session, Step.EXCEPTIONS).standing is Standing.DONE


def test_books_that_contradict_themselves_block(session, books):
    with writing(session):
        session.query(DayTotal).filter_by(account="income").update({"minor": DayTotal.minor + 1})
    found = stage(session, Step.INVARIANTS)
    assert found.standing is Standing.BLOCKED
    assert "totals_are_sums" in [about.name for about in found.abouts]
