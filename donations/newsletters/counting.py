"""The newsletters in numbers, and how far the mailing service is in step.  Counts, never a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, case, func, or_, select

from donations.jobs.models import Job
from donations.jobs.outbox import replay
from donations.kernel.months import Month, months_between
from donations.newsletters.changes import TELL_JOB
from donations.newsletters.models import AudienceMember, Subscription
from donations.newsletters.reconciling import RECONCILE_JOB, last_reconciled
from donations.newsletters.syncing import to_tell
from donations.newsletters.telling import IN

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from donations.newsletters.audiences.audience import Audience

BY: Final = ("newsletter", "language", "placement")
MONTHS: Final = 12
_KINDS: Final = (TELL_JOB, RECONCILE_JOB)
_IS_CONFIRMED: Final = Subscription.state == "confirmed"
_IS_PENDING: Final = Subscription.state == "pending"
_HAS_LEFT: Final = and_(
    Subscription.state == "unsubscribed", Subscription.confirmed_at.is_not(None)
)
_NEVER_CAME: Final = and_(Subscription.state == "unsubscribed", Subscription.confirmed_at.is_(None))


@dataclass(frozen=True, slots=True)
class Count:
    """How many subscriptions of one kind there are; `name` is a slug, a language, a placement."""

    name: str
    confirmed: int
    pending: int
    left: int
    never: int


@dataclass(frozen=True, slots=True)
class MonthCount:
    """What happened in a month of the newsroom's zone, of what is still known.

    Who came back counts in the month they came back.
    """

    month: Month
    asked: int
    confirmed: int
    left: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Why some changes did not reach the service; `gave_up` if nobody tries any more."""

    reason: str
    count: int
    gave_up: bool


@dataclass(frozen=True, slots=True)
class SyncState:
    """How far a service is in step; `behind` counts subscriptions that stand otherwise there."""

    service: str
    there: int
    behind: int
    failures: tuple[Failure, ...]
    asked_at: datetime | None


def counts(session: Session, by: str) -> tuple[Count, ...]:
    """All subscriptions, by one of `BY`, the largest first."""
    column = getattr(Subscription, by)
    measures = [
        func.coalesce(func.sum(case((kind, 1), else_=0)), 0)
        for kind in (_IS_CONFIRMED, _IS_PENDING, _HAS_LEFT, _NEVER_CAME)
    ]
    rows = session.execute(select(column, *measures).group_by(column))
    found = [Count(name, *(int(number) for number in numbers)) for name, *numbers in rows]
    return tuple(sorted(found, key=lambda count: (-count.confirmed, count.name)))


def by_month(session: Session, zone: ZoneInfo, now: datetime) -> tuple[MonthCount, ...]:
    """The last twelve months, the latest first, in one look at the table."""
    last = Month.of(now, zone)
    months = months_between(last.later(1 - MONTHS), last)
    sums = [
        func.coalesce(func.sum(case((happened, 1), else_=0)), 0)
        for month in months
        for happened in _happenings(month, zone)
    ]
    numbers = [int(number) for number in session.execute(select(*sums)).one()]
    return tuple(
        MonthCount(month, *numbers[3 * place : 3 * place + 3])
        for place, month in reversed(list(enumerate(months)))
    )


def sync_state(session: Session, audience: Audience) -> SyncState:
    """How far the service is in step, and why not further."""
    there = select(func.count(AudienceMember.id)).where(
        AudienceMember.service == audience.service,
        AudienceMember.told == IN,
        AudienceMember.told_at.is_not(None),
    )
    return SyncState(
        service=audience.service,
        there=session.scalar(there) or 0,
        behind=to_tell(session, audience),
        failures=_failures(session),
        asked_at=last_reconciled(session),
    )


def retry(session: Session, now: datetime) -> int:
    """Have everything that failed tried again now; how much that is.  The caller commits."""
    keys = session.scalars(select(Job.key).where(_FAILED, Job.lease.is_(None))).all()
    return sum(replay(session, key, now=now) for key in keys)


_FAILED: Final = and_(
    Job.kind.in_(_KINDS),
    or_(Job.state == "dead", and_(Job.state == "ready", Job.last_error.is_not(None))),
)


def _failures(session: Session) -> tuple[Failure, ...]:
    rows = session.execute(
        select(Job.last_error, func.count(), Job.state)
        .where(_FAILED)
        .group_by(Job.last_error, Job.state)
        .order_by(func.count().desc(), Job.last_error)
    )
    return tuple(Failure(reason or "", count, state == "dead") for reason, count, state in rows)


def _happenings(month: Month, zone: ZoneInfo) -> tuple[ColumnElement[bool], ...]:
    start, end = month.start(zone), month.end(zone)
    left = and_(
        _HAS_LEFT, Subscription.unsubscribed_at >= start, Subscription.unsubscribed_at < end
    )
    return (
        and_(Subscription.asked_at >= start, Subscription.asked_at < end),
        and_(Subscription.confirmed_at >= start, Subscription.confirmed_at < end),
        left,
    )
