"""Payouts follow Stripe, their lines are kept once, what left and what came back is booked once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from tests_support.stripe import movement, payout

from donations.ledger.books import balances
from donations.ledger.models import Entry
from donations.payouts.following import record_payout
from donations.payouts.models import Payout, PayoutLine

LINES = (movement("txn_a", 5000, 175), movement("txn_b", 200, 0, fee_tax=0))


def record(session, clock, state, lines=None, asked_at=None):
    now = clock.now()
    row = record_payout(session, state, lines, asked_at=asked_at or now, now=now)
    session.commit()
    return row


def test_a_payout_is_booked_once_however_often_it_is_told(session, clock):
    for status in ("pending", "in_transit", "paid"):
        record(session, clock, payout(status=status))
    [row] = session.scalars(select(Payout)).all()
    assert (row.state, row.amount_minor, row.movement) == ("paid", 4825, "txn_po_1")
    assert balances(session) == {("stripe_balance", "usd"): -4825, ("in_transit", "usd"): 4825}
    [entry] = session.scalars(select(Entry)).all()
    assert (entry.kind, entry.charged_minor) == ("payout", -4825)


def test_an_older_answer_never_overwrites_a_newer_one(session, clock):
    record(session, clock, payout(status="paid"))
    earlier = clock.now() - timedelta(minutes=1)
    row = record(session, clock, payout(status="pending", trace_id=None), asked_at=earlier)
    assert (row.state, row.trace_id) == ("paid", "trace_1")
    failed = payout(status="failed", returned=movement("txn_back", 4825, 0, kind="payout_failure"))
    row = record(session, clock, failed, asked_at=earlier)
    assert row.state == "paid"
    assert balances(session)["in_transit", "usd"] == 0, "what moved is a fact at any age"


def test_its_lines_are_kept_once(session, clock):
    kept_at = clock.now()
    for _ in range(2):
        row = record(session, clock, payout(), LINES)
        clock.advance(timedelta(hours=1))
    assert [(line.movement, line.net_minor) for line in row.lines] == [
        ("txn_a", 4825),
        ("txn_b", 200),
    ]
    assert row.lines_at == kept_at
    assert record(session, clock, payout("po_2"), None).lines_at is None


def test_a_line_another_payout_took_along_is_not_paid_twice(session, clock):
    record(session, clock, payout(), LINES)
    other = record(session, clock, payout("po_2"), [LINES[1], movement("txn_c")])
    assert [line.movement for line in other.lines] == ["txn_c"]
    assert len(session.scalars(select(PayoutLine)).all()) == 3


def test_the_fee_of_an_instant_payout_is_a_service_fee(session, clock):
    moved = movement("txn_po_1", -4825, 49, kind="payout")
    record(session, clock, payout(movement=moved, automatic=False, lines_known=False))
    assert balances(session) == {
        ("stripe_balance", "usd"): -4874,
        ("in_transit", "usd"): 4825,
        ("service_fees", "usd"): 49,
    }


def test_a_failed_payout_brings_its_money_back(session, clock):
    back = movement("txn_back", 4825, 0, kind="payout_failure", source="po_1")
    for _ in range(2):
        state = payout(status="failed", failure_code="account_closed", returned=back)
        row = record(session, clock, state)
    assert (row.return_movement, row.failure_code) == ("txn_back", "account_closed")
    assert set(balances(session).values()) == {0}
    kinds = session.scalars(select(Entry.kind).order_by(Entry.number)).all()
    assert kinds == ["payout", "payout_failed"]


def test_a_payout_whose_movement_is_not_known_yet_is_recorded_all_the_same(session, clock):
    row = record(session, clock, payout(status="pending", movement=None))
    assert row.movement is None
    assert balances(session) == {}
