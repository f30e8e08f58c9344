"""SQLite knows how large its tables are, on every connection."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from donations.kernel.database import begin_write
from donations.kernel.money import Money
from donations.kernel.sizes import learn_sizes
from donations.ledger.books import book
from donations.ledger.chart import Kind
from donations.ledger.drafts import About, Draft
from donations.migrations import schema

AT = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
OF_A_GIFT = "SELECT id FROM ledger_entry WHERE gift_reference = 'gift1' AND kind = 'gift'"


@pytest.fixture
def booked(session):
    begin_write(session)
    for number in range(40):
        draft = Draft.of_movement(
            Kind.GIFT,
            source=f"txn_{number}",
            amount=5000,
            fee=175,
            currency="usd",
            charged=Money(5000, "usd"),
            occurred_at=AT,
            about=About(gift_reference=f"gift{number}"),
        )
        book(session, draft, now=AT)
    session.commit()
    return session


def plan(session):
    session.scalars(text(OF_A_GIFT)).all()  # explaining does not look whether the schema changed
    found = " ".join(row[-1] for row in session.execute(text(f"EXPLAIN QUERY PLAN {OF_A_GIFT}")))
    session.rollback()
    return found


def test_the_entries_of_a_gift_are_found_by_the_gift_once_sizes_are_known(booked, engine):
    if engine.dialect.name != "sqlite":
        learn_sizes(booked)
        return
    with Session(engine) as other:
        plan(other)  # it has looked at the schema as it was
        learn_sizes(booked)
        assert not booked.in_transaction()
        assert "ix_ledger_entry_gift_reference" in plan(other)


def test_it_can_be_done_again_and_changes_no_table_of_ours(booked, engine):
    for _ in range(2):
        learn_sizes(booked)
    assert schema.differences(engine) == []
