"""Gifts one by one: what the reader gave, what Stripe settled, what became of it.

Figures come from the ledger's entries that name the gift.  Until Stripe's balance transaction is
booked there are none, and the report says so instead of showing a fee of nothing.  An offline gift
is booked as it was counted, without a fee.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import selectinload

from donations.giving.models import Dispute, Gift, Refund
from donations.giving.offline_closing import taken_back
from donations.reports.figures import settled_figures

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from donations.kernel.money import Money
    from donations.kernel.months import Month
    from donations.reports.figures import Figures

PAGE: Final = 50
EXPORT_PAGE: Final = 500
GOING_BACK: Final = ("succeeded", "pending", "requires_action")


class Status(StrEnum):
    """What became of a gift; the first that is true."""

    AWAITING = "awaiting"  # paid, but Stripe's balance transaction is not booked yet
    DISPUTED = "disputed"
    REFUNDED = "refunded"
    PART_REFUNDED = "part_refunded"
    TAKEN_BACK = "taken_back"  # an offline gift entered by mistake, or a cheque that bounced
    SETTLED = "settled"


FILTERABLE: Final = (
    *(Status.SETTLED, Status.AWAITING, Status.REFUNDED, Status.DISPUTED),
    Status.TAKEN_BACK,
)


@dataclass(frozen=True, slots=True)
class GiftFilter:
    """Which gifts; None means any.  `month` is the newsroom's, by when a gift was received."""

    month: Month | None = None
    frequency: str | None = None
    currency: str | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class GiftRow:
    """One gift; `settled` is None while it awaits Stripe's fee."""

    public_id: str
    received_at: datetime
    frequency: str
    method: str
    charged: Money
    settled: Figures | None
    status: Status
    supporter: str | None
    receipt: int | None
    fund: str = ""


@dataclass(frozen=True, slots=True)
class GiftPage:
    """Gifts, latest first; `after` continues behind the last one, None at the end."""

    rows: tuple[GiftRow, ...]
    after: str | None


def gifts(
    session: Session,
    zone: ZoneInfo,
    chosen: GiftFilter,
    *,
    after: str | None = None,
    limit: int = PAGE,
) -> GiftPage:
    """The gifts behind the one named `after`: pages do not shift while new gifts arrive."""
    statement = (
        select(Gift)
        .where(*_conditions(chosen, zone))
        .order_by(Gift.received_at.desc(), Gift.id.desc())
        .options(
            selectinload(Gift.supporter),
            selectinload(Gift.receipt),
            selectinload(Gift.refunds),
            selectinload(Gift.disputes),
        )
        .limit(limit + 1)
    )
    found = session.scalars(_behind(session, statement, after)).all()
    shown = found[:limit]
    return GiftPage(rows_of(session, shown), shown[-1].public_id if len(found) > limit else None)


def every_gift(session: Session, zone: ZoneInfo, chosen: GiftFilter) -> Iterator[GiftRow]:
    """All gifts of the filter, read page by page as the export goes out."""
    after: str | None = None
    while True:
        page = gifts(session, zone, chosen, after=after, limit=EXPORT_PAGE)
        yield from page.rows
        after = page.after
        session.expunge_all()  # a long export keeps a page in memory, not the table
        if after is None:
            return


def rows_of(session: Session, found: Sequence[Gift]) -> tuple[GiftRow, ...]:
    """The rows of gifts already loaded."""
    settled = settled_figures(session, [gift.public_id for gift in found])
    back = _taken_back(session, found)
    return tuple(
        GiftRow(
            public_id=gift.public_id,
            received_at=gift.received_at,
            frequency=gift.frequency,
            method=gift.method,
            charged=gift.amount,
            settled=settled.get(gift.public_id),
            status=Status.TAKEN_BACK if gift.id in back else status_of(gift),
            supporter=gift.supporter.public_id if gift.supporter else None,
            receipt=gift.receipt.number if gift.receipt else None,
            fund=gift.fund,
        )
        for gift in found
    )


def status_of(gift: Gift) -> Status:
    """What became of a gift that was not taken back."""
    back = sum(refund.amount_minor for refund in gift.refunds if refund.state in GOING_BACK)
    if gift.booked_at is None:
        return Status.AWAITING
    if gift.disputes:
        return Status.DISPUTED
    if back:
        return Status.REFUNDED if back >= gift.amount_minor else Status.PART_REFUNDED
    return Status.SETTLED


def _taken_back(session: Session, found: Sequence[Gift]) -> set[int]:
    offline = [gift.id for gift in found if gift.batch_id is not None]
    if not offline:
        return set()
    return set(session.scalars(select(Gift.id).where(Gift.id.in_(offline), taken_back())))


def _conditions(chosen: GiftFilter, zone: ZoneInfo) -> Iterator[ColumnElement[bool]]:
    if chosen.month is not None:
        yield Gift.received_at >= chosen.month.start(zone)
        yield Gift.received_at < chosen.month.end(zone)
    if chosen.frequency is not None:
        yield Gift.frequency == chosen.frequency
    if chosen.currency is not None:
        yield Gift.currency == chosen.currency
    if chosen.status is not None:
        yield _has_status(chosen.status)


def _has_status(status: Status) -> ColumnElement[bool]:
    booked = Gift.booked_at.is_not(None)
    disputed = Gift.disputes.any(Dispute.id.is_not(None))
    refunded = Gift.refunds.any(Refund.state.in_(GOING_BACK))
    match status:
        case Status.AWAITING:
            return ~booked
        case Status.DISPUTED:
            return and_(booked, disputed)
        case Status.REFUNDED | Status.PART_REFUNDED:
            return and_(booked, ~disputed, refunded)
        case Status.SETTLED:
            return and_(booked, ~disputed, ~refunded, ~taken_back())
        case Status.TAKEN_BACK:
            return taken_back()


def _behind(session: Session, statement: Select[Gift], after: str | None) -> Select[Gift]:
    if after is None:
        return statement
    last = session.scalar(select(Gift).where(Gift.public_id == after))
    if last is None:
        return statement.where(Gift.id.is_(None))
    same_moment = and_(Gift.received_at == last.received_at, Gift.id < last.id)
    return statement.where(or_(Gift.received_at < last.received_at, same_moment))
