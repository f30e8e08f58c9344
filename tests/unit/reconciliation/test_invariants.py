from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import text
from tests_support.audited import Newsroom
from tests_support.banking import line, payout, payout_line, take_in

from donations.giving.fund_models import Benefit
from donations.kernel.database import begin_write
from donations.ledger.chart import Kind
from donations.ledger.days import rebuild
from donations.reconciliation.invariants import CHECKS, checks
from donations.reconciliation.matching import match_lines


@pytest.fixture
def newsroom(session, master, clock):
    return Newsroom(session, master, clock)


@pytest.fixture
def books(session, master, newsroom, clock):
    """Books with something of everything in them."""
    begin_write(session)
    session.add(
        Benefit(
            frequency="monthly",
            amount_minor=1200,
            currency="usd",
            from_on=clock.now().date().replace(day=1),
            set_by="finance",
            set_at=clock.now(),
        )
    )
    session.commit()
    gift = newsroom.gift()
    newsroom.give_back(gift)
    newsroom.dispute(newsroom.gift("pi_2"))
    made = payout(session, amount=4725)
    payout_line(session, made, "txn_line", Kind.GIFT, 4900, 175, booked=False)
    take_in(session, master, line(4725))
    begin_write(session)
    match_lines(session, master, now=clock.now())
    session.commit()


def broken(session):
    return {one.name: one.detail for one in checks(session) if not one.well}


@contextmanager
def unguarded(session):
    """The database without its triggers, as only its owner could have it."""
    tables = ("ledger_entry", "ledger_posting")
    if session.get_bind().dialect.name == "postgresql":
        for table in tables:
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        session.commit()
        try:
            yield
        finally:
            session.rollback()
            for table in tables:
                session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
            session.commit()
        return
    kept = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    for (name,) in session.execute(text(kept)).all():
        session.execute(text(f"DROP TRIGGER {name}"))
    session.execute(text("PRAGMA foreign_keys=OFF"))
    yield
    session.commit()


def test_empty_books_are_well(session):
    assert broken(session) == {}


def test_books_with_everything_in_them_are_well(session, books):
    assert broken(session) == {}
    assert [one.name for one in checks(session)] == list(CHECKS)
    assert not session.in_transaction()


CHANGES = {
    "UPDATE ledger_posting SET amount_minor = amount_minor + 1 WHERE account = 'fees'": {
        "entries_balance",
        "totals_are_sums",
    },
    "DELETE FROM ledger_posting": {"entries_have_postings", "totals_are_sums"},
    "UPDATE ledger_entry SET number = number + 1000": {"numbers_have_no_gap"},
    "UPDATE ledger_books SET last_number = last_number + 1": {"numbers_have_no_gap"},
    "UPDATE ledger_day SET minor = minor + 1 WHERE account = 'fees'": {"totals_are_sums"},
    "UPDATE ledger_method_month SET gifts = gifts + 1": {"totals_are_sums"},
    "UPDATE payout_line SET amount_minor = amount_minor + 1": {
        "payouts_are_their_lines",
        "payout_totals_are_sums",
    },
    "UPDATE payout_total SET fee_minor = fee_minor + 1": {"payout_totals_are_sums"},
    "UPDATE ledger_month SET debit_minor = debit_minor + 1": {"totals_are_sums"},
    "UPDATE payout SET amount_minor = amount_minor + 1": {
        "payouts_are_their_lines",
        "in_transit_is_sent",
    },
    "UPDATE payout SET movement = NULL": {"in_transit_is_sent"},
    "UPDATE bank_match SET source = 'bank:nowhere:1'": {"matches_have_entries"},
    "UPDATE gift SET booked_at = NULL": {"gifts_are_booked_once"},
    "UPDATE ledger_entry SET gift_reference = 'nobody' WHERE kind = 'gift'": {
        "gifts_are_booked_once"
    },
    "UPDATE ledger_entry SET gift_reference = (SELECT min(public_id) FROM gift)": {
        "gifts_are_booked_once"
    },
    "UPDATE ledger_posting SET account = 'deferred' WHERE account = 'income'": {
        "owed_is_owed",
        "totals_are_sums",
    },
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_invariant_is_missed_when_it_is_broken(session, books, change):
    with unguarded(session):
        session.execute(text(change))
        session.commit()
        assert set(broken(session)) == CHANGES[change]


def test_a_liability_of_no_month_is_broken_too(session, books):
    with unguarded(session):
        session.execute(
            text("UPDATE ledger_posting SET account = 'deferred' WHERE account = 'fees'")
        )
        session.commit()
        begin_write(session)
        rebuild(session)
        session.commit()
        assert broken(session) == {"owed_is_owed": "usd"}


def test_where_it_does_not_hold_is_named_and_long_lists_are_cut(session, newsroom):
    for number in range(7):
        newsroom.gift(f"pi_{number}")
    with unguarded(session):
        session.execute(text("UPDATE ledger_posting SET amount_minor = 1 WHERE account = 'fees'"))
        session.commit()
        assert broken(session)["entries_balance"] == "1, 2, 3, 4, 5 +2"
