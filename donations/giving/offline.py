"""Batches of gifts that came as cheques, cash or transfers, while they are open.

A batch says what is expected before its items are entered (`giving.offline_items`);
`giving.offline_closing` makes gifts of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from donations.giving.offline_models import OfflineBatch, OfflineItem
from donations.kernel.database import writing
from donations.kernel.errors import FieldRefused, NotFound
from donations.kernel.ids import public_id
from donations.kernel.money import Money
from donations.ledger.books import books_zone

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

METHODS: Final = ("cheque", "bank_transfer", "cash")
MOST_ITEMS: Final = 500
OLDEST: Final = timedelta(days=2 * 365)
_REFERENCE: Final = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9 ./#:-]{0,59}")


@dataclass(frozen=True, slots=True)
class Expected:
    """What a batch should come to, by the deposit slip; `banked_on` is the bank's own day."""

    method: str
    count: int
    total: Money
    deposit_slip: str | None
    banked_on: date


def open_batch(session: Session, expected: Expected, *, by: str, now: datetime) -> OfflineBatch:
    """Open a batch.  Commits.  Raises `FieldRefused`."""
    with writing(session):
        _check_expected(session, expected, now)
        batch = OfflineBatch(
            public_id=public_id(), opened_at=now, opened_by=by, currency=expected.total.currency
        )
        _expect(batch, expected)
        session.add(batch)
    return batch


def expect_otherwise(session: Session, name: str, expected: Expected, *, now: datetime) -> None:
    """Correct what an open batch expects; its currency stays.  Commits.  Raises `FieldRefused`."""
    with writing(session):
        batch = changeable(session, name)
        _check_expected(session, expected, now)
        if expected.total.currency != batch.currency:
            raise FieldRefused("currency", "other_currency")
        _expect(batch, expected)


def discard_batch(session: Session, name: str) -> None:
    """Remove an open batch that has no item.  Commits.  Raises `FieldRefused`."""
    with writing(session):
        batch = changeable(session, name)
        if batch.items:
            raise FieldRefused("batch", "not_empty")
        session.delete(batch)


def locked_batch(session: Session, name: str) -> OfflineBatch:
    """The batch, which nobody else changes until the transaction ends.  Raises `NotFound`."""
    batch = session.scalar(
        select(OfflineBatch).where(OfflineBatch.public_id == name).with_for_update(),
        execution_options={"populate_existing": True},
    )
    if batch is None:
        raise NotFound
    return batch


def changeable(session: Session, name: str) -> OfflineBatch:
    """The batch, locked, if it is still open.  Raises `FieldRefused` or `NotFound`."""
    batch = locked_batch(session, name)
    if batch.closed_at is not None:
        raise FieldRefused("batch", "closed")
    return batch


def found_in(session: Session, batch: OfflineBatch) -> tuple[int, Money]:
    """How many items a batch has, and what they sum to."""
    count, minor = session.execute(
        select(func.count(), func.sum(OfflineItem.amount_minor)).where(
            OfflineItem.batch_id == batch.id
        )
    ).one()
    return count, Money(int(minor or 0), batch.currency)


def _check_expected(session: Session, expected: Expected, now: datetime) -> None:
    if expected.method not in METHODS:
        raise FieldRefused("method", "unknown")
    if not 0 < expected.count <= MOST_ITEMS:
        raise FieldRefused("count", "count", most=MOST_ITEMS)
    if expected.total.minor <= 0:
        raise FieldRefused("total", "nothing")
    today = now.astimezone(books_zone(session)).date()
    if expected.banked_on > today:
        raise FieldRefused("banked_on", "to_come")
    if expected.banked_on < today - OLDEST:
        raise FieldRefused("banked_on", "long_ago")
    check_reference("deposit_slip", expected.deposit_slip)


def _expect(batch: OfflineBatch, expected: Expected) -> None:
    batch.method = expected.method
    batch.expected_count, batch.expected_minor = expected.count, expected.total.minor
    batch.deposit_slip, batch.banked_on = expected.deposit_slip, expected.banked_on


def check_reference(field: str, text: str | None) -> None:
    """A number and no name: it stays readable when whoever gave is forgotten."""
    if text is not None and not _REFERENCE.fullmatch(text):
        raise FieldRefused(field, "not_a_reference")
