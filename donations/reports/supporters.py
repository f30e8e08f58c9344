"""Supporters by their number: since when, how much, still a member.  No identity is read here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, func, or_, select

from donations.giving.models import Gift, Membership
from donations.giving.offline_closing import taken_back
from donations.kernel.money import Money
from donations.supporters.models import Supporter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

PAGE: Final = 50
EXPORT_PAGE: Final = 500


class Belonging(StrEnum):
    """Whether a supporter has promised to go on giving."""

    CURRENT = "current"
    PAST = "past"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class SupporterFilter:
    """Which supporters; None means any.  `number` is the beginning of a public id."""

    belonging: Belonging | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What one supporter gave in one currency, as charged; refunds are not taken off.

    An offline gift that was taken back was never given.
    """

    gifts: int
    total: Money
    last_at: datetime


@dataclass(frozen=True, slots=True)
class SupporterRow:
    """One supporter; `membership` is the state of the one that has not ended, if any."""

    public_id: str
    since: datetime
    given: tuple[Given, ...]
    membership: str | None
    forgotten: bool

    @property
    def gifts(self) -> int:
        """How many gifts in all currencies."""
        return sum(given.gifts for given in self.given)

    @property
    def last_gift_at(self) -> datetime | None:
        """When the latest gift came."""
        return max((given.last_at for given in self.given), default=None)


@dataclass(frozen=True, slots=True)
class SupporterPage:
    """Supporters, newest first; `after` continues behind the last one, None at the end."""

    rows: tuple[SupporterRow, ...]
    after: str | None


def supporters(
    session: Session,
    chosen: SupporterFilter,
    *,
    after: str | None = None,
    limit: int = PAGE,
) -> SupporterPage:
    """The supporters behind the one named `after`."""
    statement = (
        select(Supporter)
        .where(*_conditions(chosen))
        .order_by(Supporter.created_at.desc(), Supporter.id.desc())
        .limit(limit + 1)
    )
    found = session.scalars(_behind(session, statement, after)).all()
    shown = found[:limit]
    rows = supporter_rows(session, shown)
    return SupporterPage(rows, shown[-1].public_id if len(found) > limit else None)


def every_supporter(session: Session, chosen: SupporterFilter) -> Iterator[SupporterRow]:
    """All supporters of the filter, read page by page as the export goes out."""
    after: str | None = None
    while True:
        page = supporters(session, chosen, after=after, limit=EXPORT_PAGE)
        yield from page.rows
        after = page.after
        session.expunge_all()  # a long export keeps a page in memory, not the table
        if after is None:
            return


def supporter_rows(session: Session, found: Sequence[Supporter]) -> tuple[SupporterRow, ...]:
    """The rows of supporters already loaded."""
    ids = [supporter.id for supporter in found]
    given = _given(session, ids)
    current = session.execute(
        select(Membership.supporter_id, Membership.state)
        .where(Membership.supporter_id.in_(ids), Membership.ended_at.is_(None))
        .order_by(Membership.id)
    )
    memberships = {row.supporter_id: row.state for row in current}
    return tuple(
        SupporterRow(
            public_id=supporter.public_id,
            since=supporter.created_at,
            given=tuple(given.get(supporter.id, ())),
            membership=memberships.get(supporter.id),
            forgotten=supporter.forgotten_at is not None,
        )
        for supporter in found
    )


def _given(session: Session, ids: list[int]) -> dict[int, list[Given]]:
    statement = (
        select(
            Gift.supporter_id,
            Gift.currency,
            func.count(),
            func.sum(Gift.amount_minor),
            func.max(Gift.received_at),
        )
        .where(Gift.supporter_id.in_(ids), ~taken_back())
        .group_by(Gift.supporter_id, Gift.currency)
        .order_by(Gift.supporter_id, Gift.currency)
    )
    given: dict[int, list[Given]] = {}
    for supporter_id, currency, gifts, minor, last_at in session.execute(statement):
        if supporter_id is not None:
            line = Given(gifts, Money(int(minor), currency), last_at)
            given.setdefault(supporter_id, []).append(line)
    return given


def _conditions(chosen: SupporterFilter) -> Iterator[ColumnElement[bool]]:
    if chosen.number:
        yield Supporter.public_id.startswith(chosen.number, autoescape=True)
    if chosen.belonging is None:
        return
    ever = select(Membership.id).where(Membership.supporter_id == Supporter.id)
    current = ever.where(Membership.ended_at.is_(None)).exists()
    match chosen.belonging:
        case Belonging.CURRENT:
            yield current
        case Belonging.PAST:
            yield and_(ever.exists(), ~current)
        case Belonging.NEVER:
            yield ~ever.exists()


def _behind(session: Session, statement: Select[Supporter], after: str | None) -> Select[Supporter]:
    if after is None:
        return statement
    last = session.scalar(select(Supporter).where(Supporter.public_id == after))
    if last is None:
        return statement.where(Supporter.id.is_(None))
    same_moment = and_(Supporter.created_at == last.created_at, Supporter.id < last.id)
    return statement.where(or_(Supporter.created_at < last.created_at, same_moment))
