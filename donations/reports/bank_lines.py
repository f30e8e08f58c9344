"""Bank lines: what came in and went out at the bank, and what each was found to be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from donations.giving.offline_models import OfflineBatch
from donations.kernel.errors import NotFound
from donations.kernel.money import Money
from donations.payouts.models import Payout
from donations.reconciliation.models import BankLine, BankMatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from donations.kernel.months import Month

PAGE: Final = 50


class Standing(StrEnum):
    """What is known of a line."""

    OPEN = "open"
    MATCHED = "matched"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which lines; None means any.  `month` is of the day the bank booked them."""

    month: Month | None = None
    currency: str | None = None
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a line is, or was thought to be: a payout or a batch, and who said so.

    `source` is the entry that moved the money to the bank.
    """

    name: str
    is_batch: bool
    amount: Money
    by: str
    at: datetime
    source: str
    undone_by: str | None
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of a statement, without what it says."""

    number: int
    booked_on: date
    account: str
    amount: Money
    reference: str | None
    found: tuple[Found, ...]
    undone: tuple[Found, ...]
    dismissed_by: str | None
    dismissed_why: str | None
    format: str
    imported_at: datetime
    imported_by: str

    @property
    def standing(self) -> Standing:
        """What is known of it."""
        if self.found:
            return Standing.MATCHED
        return Standing.DISMISSED if self.dismissed_by is not None else Standing.OPEN


@dataclass(frozen=True, slots=True)
class LinePage:
    """Lines, latest first; `after` continues behind the last one, None at the end."""

    rows: tuple[LineRow, ...]
    after: str | None


def bank_lines(session: Session, chosen: LineFilter, *, after: int | None = None) -> LinePage:
    """A page of lines."""
    statement = select(BankLine).where(*_conditions(chosen))
    if after is not None:
        last = session.get(BankLine, after)
        statement = statement.where(_behind(last) if last is not None else BankLine.id.is_(None))
    statement = statement.order_by(BankLine.booked_on.desc(), BankLine.id.desc())
    found = session.scalars(statement.options(joinedload(BankLine.statement)).limit(PAGE + 1)).all()
    shown = found[:PAGE]
    return LinePage(rows_of(session, shown), str(shown[-1].id) if len(found) > PAGE else None)


def bank_line(session: Session, number: int) -> LineRow:
    """One line.  Raises `NotFound`."""
    found = session.get(BankLine, number)
    if found is None:
        raise NotFound
    return rows_of(session, [found])[0]


def how_many_open(session: Session) -> int:
    """How many lines nobody has said anything of."""
    statement = select(func.count()).select_from(BankLine)
    return session.scalar(statement.where(*_conditions(LineFilter(standing=Standing.OPEN)))) or 0


def rows_of(session: Session, lines: Sequence[BankLine]) -> tuple[LineRow, ...]:
    """The rows of lines already loaded."""
    found = _found(session, [line.id for line in lines])
    return tuple(
        LineRow(
            number=line.id,
            booked_on=line.booked_on,
            account=line.statement.account,
            amount=line.amount,
            reference=line.reference,
            found=tuple(one for one in found.get(line.id, ()) if one.undone_at is None),
            undone=tuple(one for one in found.get(line.id, ()) if one.undone_at is not None),
            dismissed_by=line.dismissed_by,
            dismissed_why=line.dismissed_why,
            format=line.statement.format,
            imported_at=line.statement.imported_at,
            imported_by=line.statement.imported_by,
        )
        for line in lines
    )


def _found(session: Session, line_ids: Sequence[int]) -> dict[int, list[Found]]:
    rows = session.execute(
        select(BankMatch, BankLine.currency, Payout.stripe_id, OfflineBatch.public_id)
        .join(BankLine, BankLine.id == BankMatch.line_id)
        .outerjoin(Payout, Payout.id == BankMatch.payout_id)
        .outerjoin(OfflineBatch, OfflineBatch.id == BankMatch.batch_id)
        .where(BankMatch.line_id.in_(line_ids))
        .order_by(BankMatch.id)
    )
    found: dict[int, list[Found]] = {}
    for match, currency, payout, batch in rows:
        one = Found(
            name=payout or batch,
            is_batch=payout is None,
            amount=Money(match.amount_minor, currency),
            by=match.by,
            at=match.at,
            source=match.source,
            undone_by=match.undone_by,
            undone_at=match.undone_at,
        )
        found.setdefault(match.line_id, []).append(one)
    return found


def _conditions(chosen: LineFilter) -> Iterator[ColumnElement[bool]]:
    matched = exists().where(BankMatch.line_id == BankLine.id, BankMatch.undone_at.is_(None))
    if chosen.month is not None:
        yield BankLine.booked_on.between(chosen.month.first_day, chosen.month.last_day)
    if chosen.currency is not None:
        yield BankLine.currency == chosen.currency
    match chosen.standing:
        case Standing.OPEN:
            yield ~matched & BankLine.dismissed_by.is_(None)
        case Standing.MATCHED:
            yield matched
        case Standing.DISMISSED:
            yield BankLine.dismissed_by.is_not(None)


def _behind(last: BankLine) -> ColumnElement[bool]:
    same_day = and_(BankLine.booked_on == last.booked_on, BankLine.id < last.id)
    return or_(BankLine.booked_on < last.booked_on, same_day)
