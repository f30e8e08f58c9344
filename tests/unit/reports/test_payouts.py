from datetime import date, timedelta

import pytest
from sqlalchemy import event
from tests_support.banking import DAY, bank_lines, line, payout, payout_line, take_in

from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound
from donations.kernel.money import Money
from donations.kernel.months import Month
from donations.ledger.books import last_number
from donations.ledger.chart import Kind
from donations.ledger.drafts import Shares
from donations.reconciliation.receipts import match_by_hand, undo
from donations.reports.payout_view import payout_view
from donations.reports.payouts import PayoutFilter, payouts, rows_of

TODAY = date(2026, 11, 24)


@pytest.fixture
def every_kind(session):
    """A payout with a line of every category."""
    sent = payout(session, amount=9_325)
    payout_line(session, sent, "txn_a", Kind.GIFT, 10_000, 320, tax=20)
    payout_line(session, sent, "txn_b", Kind.REFUND, -1_050, shares=Shares(exchange=-50))
    payout_line(session, sent, "txn_c", Kind.DISPUTE, -2_000, 1_500, type_="adjustment")
    payout_line(session, sent, "txn_d", Kind.DISPUTE_REVERSED, 2_000, type_="adjustment")
    payout_line(session, sent, "txn_e", Kind.STRIPE_FEE, -200)
    payout_line(session, sent, "txn_f", Kind.CONVERSION, 95, type_="adjustment")
    payout_line(session, sent, "txn_g", Kind.ADJUSTMENT, 300)
    payout_line(session, sent, "txn_h", Kind.GIFT, 2_000, type_="charge", booked=False)
    return sent


def only(session, today=TODAY, **chosen):
    [row] = payouts(session, PayoutFilter(**chosen), today).rows
    return row


def test_the_parts_of_a_payout_sum_to_it_from_left_to_right(session, every_kind):
    row = only(session)
    assert [part.minor for part in row.figures.parts] == [
        12_000,
        -1_000,
        0,
        -1_500,
        -520,
        45,
        300,
    ]
    assert row.figures.net == row.amount == Money(9_325, "usd")
    assert row.undisclosed == Money(0, "usd")


def test_a_line_that_is_missing_shows_as_a_difference(session):
    sent = payout(session)
    payout_line(session, sent, "txn_a", Kind.GIFT, 4_800)
    assert only(session).undisclosed == Money(-25, "usd")


def test_a_payout_made_by_hand_has_no_parts(session):
    payout(session, automatic=False, lines_at=None)
    row = only(session)
    assert row.figures is None
    assert row.undisclosed == Money(0, "usd")


def match(session, clock, sent, amount, day=DAY, master=None):
    take_in(session, master, line(amount, day), digest=str((amount, day)))
    which = bank_lines(session)[-1]
    match_by_hand(begin_write(session), which, [sent], [], by="vera", now=clock.now())
    session.commit()
    return which


def test_the_difference_is_what_the_bank_shows_less_what_was_sent(session, master, clock):
    match(session, clock, payout(session), 4_800, master=master)
    row = only(session)
    assert (row.bank.minor, row.difference.minor) == (4_800, -25)
    assert [one.by for one in row.arrivals] == ["vera"]


def test_a_payout_on_its_way_has_no_difference_until_it_is_late(session):
    payout(session)
    assert only(session, DAY + timedelta(days=5)).difference == Money(0, "usd")
    late = only(session, DAY + timedelta(days=6))
    assert late.overdue
    assert late.difference == Money(-4_825, "usd")


def test_a_failed_payout_that_came_and_went_back_has_no_difference(session, master, clock):
    sent = payout(session)
    match(session, clock, sent, 4_825, master=master)
    begin_write(session)
    sent.state = "failed"
    session.commit()
    assert only(session).difference == Money(4_825, "usd")
    match(session, clock, sent, -4_825, DAY + timedelta(days=2), master=master)
    row = only(session)
    assert (row.bank.minor, row.difference.minor) == (0, 0)


def test_an_entry_of_the_past_knows_nothing_of_what_came_after(session, master, clock):
    sent = payout(session)
    before = last_number(session)
    which = match(session, clock, sent, 4_825, master=master)
    matched = last_number(session)
    undo(begin_write(session), which, by="vera", now=clock.now())
    session.commit()
    seen = [rows_of(session, [sent], TODAY, at)[0].bank for at in (before, matched, None)]
    assert seen == [None, Money(4_825, "usd"), None]


def test_payouts_are_narrowed_and_paged(session, master, clock):
    first = payout(session, "po_1", day=date(2026, 10, 31))
    payout(session, "po_2", currency="eur")
    payout(session, "po_3", state="failed")
    match(session, clock, first, 4_825, master=master)

    def names(**chosen):
        return [row.name for row in payouts(session, PayoutFilter(**chosen), TODAY).rows]

    assert names() == ["po_3", "po_2", "po_1"]
    assert names(month=Month(2026, 10)) == ["po_1"]
    assert names(currency="eur") == ["po_2"]
    assert names(state="failed") == ["po_3"]
    assert names(unmatched=True) == ["po_3", "po_2"]
    rest = payouts(session, PayoutFilter(), TODAY, after="po_3").rows
    assert [row.name for row in rest] == ["po_2", "po_1"]
    assert payouts(session, PayoutFilter(), TODAY, after="po_none").rows == ()


def test_a_page_of_payouts_asks_three_times_however_many_there_are(session, engine):
    for number in range(12):
        sent = payout(session, f"po_{number}")
        payout_line(session, sent, f"txn_line{number}", Kind.GIFT, 4_825)
    asked = []
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    session.rollback()
    found = payouts(session, PayoutFilter(), TODAY)
    assert len(found.rows) == 12
    assert len([each for each in asked if each.startswith("SELECT")]) == 3


def test_a_payout_shows_its_lines_by_category_with_their_gifts(session, every_kind, give):
    at = every_kind.created_at
    name = give(at, 5_000, 175)
    begin_write(session)
    payout_line(session, every_kind, "txn_0", Kind.GIFT, 5_000, 175, booked=False)
    found = payout_view(session, "po_1", TODAY)
    assert [line.movement for line in found.lines] == [
        *("txn_a", "txn_h", "txn_0", "txn_b", "txn_c", "txn_d", "txn_e", "txn_f", "txn_g"),
    ]
    assert [line.gift for line in found.lines if line.gift] == [name]
    assert [line.movement for line in found.lines if line.kind is None] == ["txn_h"]
    assert [(one.category.value, one.lines, one.unbooked) for one in found.sums][:2] == [
        ("gifts", 3, 1),
        ("refunds", 1, 0),
    ]
    assert found.net.minor == sum(line.net.minor for line in found.lines)


def test_a_failed_payout_and_the_one_that_pays_it_again_know_each_other(session):
    payout(session, "po_failed", state="failed", return_movement="txn_back")
    again = payout(session, "po_again", day=DAY + timedelta(days=3))
    payout_line(session, again, "txn_back", Kind.PAYOUT_FAILED, 4_825, type_="payout_failure")
    assert payout_view(session, "po_failed", TODAY).paid_again_in == "po_again"
    [back] = payout_view(session, "po_again", TODAY).lines
    assert back.of_payout == "po_failed"
    assert payout_view(session, "po_again", TODAY).row.figures.adjustments.minor == 4_825


def test_a_movement_explained_later_counts_as_what_it_is(session, clock):
    from donations.ledger.drafts import Draft
    from donations.payouts.totals import place

    sent = payout(session)
    payout_line(session, sent, "txn_a", Kind.OTHER, 4_825, type_="charge")
    assert only(session).figures.adjustments.minor == 4_825
    draft = Draft.of_movement(
        Kind.GIFT,
        source="txn_a",
        amount=4_825,
        fee=0,
        currency="usd",
        charged=Money(4_825, "usd"),
        occurred_at=sent.created_at,
    )
    place(begin_write(session), draft, now=clock.now())
    session.commit()
    assert only(session).figures.gross.minor == 4_825
    assert [line.kind for line in payout_view(session, "po_1", TODAY).lines] == ["gift"]


def test_long_payouts_are_shown_a_page_at_a_time_with_sums_of_all(session, monkeypatch):
    from donations.reports import payout_view as module

    monkeypatch.setattr(module, "LINES_SHOWN", 2)
    sent = payout(session)
    for number in range(5):
        payout_line(session, sent, f"txn_{number}", Kind.GIFT, 965)
    pages = [payout_view(session, "po_1", TODAY, page) for page in (1, 2, 3, 4)]
    assert [len(page.lines) for page in pages] == [2, 2, 1, 0]
    assert {(page.count, page.pages, page.net.minor) for page in pages} == {(5, 3, 4_825)}


def test_an_unknown_payout_is_not_found(session):
    with pytest.raises(NotFound):
        payout_view(session, "po_none", TODAY)
