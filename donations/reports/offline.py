"""Batches of offline gifts: what was expected, what was found, what the bank has shown of it.

Nobody's name or address is read here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import selectinload

from donations.giving.models import Gift
from donations.giving.offline_closing import taken_back
from donations.giving.offline_models import OfflineBatch, OfflineItem
from donations.kernel.errors import NotFound
from donations.kernel.money import Money
from donations.reconciliation.models import BankMatch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One batch; `banked` is what lines of the bank's statement were matched to it."""

    public_id: str
    method: str
    currency: str
    expected_count: int
    expected: Money
    count: int
    total: Money
    banked: Money
    deposit_slip: str | None
    banked_on: date
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    closed_by: str | None

    @property
    def more_items(self) -> int:
        """How many items more than expected; negative when some are missing."""
        return self.count - self.expected_count

    @property
    def difference(self) -> Money:
        """What was found less what was expected."""
        return self.total - self.expected

    @property
    def agrees(self) -> bool:
        """Whether it may be closed."""
        return not self.more_items and not self.difference


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One gift of a batch; the gift, its receipt and its supporter once the batch is closed."""

    id: int
    amount: Money
    fund: str
    reference: str | None
    language: str
    gift: str | None
    receipt: int | None
    supporter: str | None
    taken_back: bool


@dataclass(frozen=True, slots=True)
class BatchPage:
    """Batches, latest first; `after` continues behind the last one, None at the end."""

    rows: tuple[BatchRow, ...]
    after: str | None


def batches(session: Session, *, after: str | None = None, limit: int = PAGE) -> BatchPage:
    """The batches behind the one named `after`; open ones are the latest, so they stand first."""
    statement = select(OfflineBatch).order_by(
        OfflineBatch.closed_at.is_not(None), OfflineBatch.id.desc()
    )
    if after is not None:
        statement = statement.where(_behind(session, after))
    found = session.scalars(statement.limit(limit + 1)).all()
    shown = found[:limit]
    return BatchPage(_rows(session, shown), shown[-1].public_id if len(found) > limit else None)


def batch(session: Session, public_id: str) -> tuple[BatchRow, tuple[ItemRow, ...]]:
    """One batch with its items in the order they were entered.  Raises `NotFound`."""
    found = session.scalar(select(OfflineBatch).where(OfflineBatch.public_id == public_id))
    if found is None:
        raise NotFound
    rows = session.execute(
        select(OfflineItem, Gift, taken_back())
        .outerjoin(Gift, Gift.id == OfflineItem.gift_id)
        .where(OfflineItem.batch_id == found.id)
        .order_by(OfflineItem.id)
        .options(selectinload(Gift.receipt), selectinload(Gift.supporter))
    ).all()
    items = tuple(
        _item(item, gift, found.currency, taken=bool(taken)) for item, gift, taken in rows
    )
    return _rows(session, [found])[0], items


def _behind(session: Session, after: str) -> ColumnElement[bool]:
    last = session.scalar(select(OfflineBatch).where(OfflineBatch.public_id == after))
    if last is None:
        return OfflineBatch.id.is_(None)
    closed = OfflineBatch.closed_at.is_not(None)
    if last.closed_at is not None:
        return closed & (OfflineBatch.id < last.id)
    return or_(closed, OfflineBatch.id < last.id)


def _rows(session: Session, found: Sequence[OfflineBatch]) -> tuple[BatchRow, ...]:
    ids = [one.id for one in found]
    items = session.execute(
        select(OfflineItem.batch_id, func.count(), func.sum(OfflineItem.amount_minor))
        .where(OfflineItem.batch_id.in_(ids))
        .group_by(OfflineItem.batch_id)
    )
    counted = {batch_id: (count, int(minor)) for batch_id, count, minor in items}
    banked = session.execute(
        select(BankMatch.batch_id, func.sum(BankMatch.amount_minor))
        .where(BankMatch.batch_id.in_(ids), BankMatch.undone_at.is_(None))
        .group_by(BankMatch.batch_id)
    )
    seen = {batch_id: int(minor) for batch_id, minor in banked}
    return tuple(
        _row(one, *counted.get(one.id, (0, 0)), banked=seen.get(one.id, 0)) for one in found
    )


def _row(one: OfflineBatch, count: int, minor: int, *, banked: int) -> BatchRow:
    return BatchRow(
        public_id=one.public_id,
        method=one.method,
        currency=one.currency,
        expected_count=one.expected_count,
        expected=Money(one.expected_minor, one.currency),
        count=count,
        total=Money(minor, one.currency),
        banked=Money(banked, one.currency),
        deposit_slip=one.deposit_slip,
        banked_on=one.banked_on,
        opened_at=one.opened_at,
        opened_by=one.opened_by,
        closed_at=one.closed_at,
        closed_by=one.closed_by,
    )


def _item(item: OfflineItem, gift: Gift | None, currency: str, *, taken: bool) -> ItemRow:
    receipt = None if gift is None else gift.receipt
    supporter = None if gift is None else gift.supporter
    return ItemRow(
        id=item.id,
        amount=Money(item.amount_minor, currency),
        fund=item.fund,
        reference=item.reference,
        language=item.language,
        gift=None if gift is None else gift.public_id,
        receipt=None if receipt is None else receipt.number,
        supporter=None if supporter is None else supporter.public_id,
        taken_back=taken,
    )
