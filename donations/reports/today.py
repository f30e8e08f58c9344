"""The few questions asked every morning: this month so far, new members, is the machine well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from donations.giving.models import Gift, Membership
from donations.jobs.models import Heartbeat
from donations.jobs.worker import HEARTBEAT
from donations.kernel.months import Month
from donations.reports.inbox import Progress, trouble_counts
from donations.reports.income import Income, income
from donations.reports.standing import Standing, standing

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

MONTHS_SHOWN: Final = 12
LATE: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Today:
    """`heartbeat_age` is None when no worker has ever run here."""

    month: Income
    year: Income
    new_members: int
    members: int
    awaiting: int
    dead: int
    failing: int
    heartbeat_age: timedelta | None
    books: Standing

    @property
    def worker_is_late(self) -> bool:
        """Whether the worker has been silent too long to be at work."""
        return self.heartbeat_age is None or self.heartbeat_age > LATE


def today(session: Session, zone: ZoneInfo, now: datetime) -> Today:
    """How things stand at `now`."""
    month = Month.of(now, zone)
    started = (
        Membership.started_at >= month.start(zone),
        Membership.started_at < month.end(zone),
    )
    trouble = trouble_counts(session)
    beat = session.get(Heartbeat, HEARTBEAT)
    return Today(
        month=income(session, month, month),
        year=income(session, month.later(1 - MONTHS_SHOWN), month),
        new_members=_count(session, Membership, *started),
        members=_count(session, Membership, Membership.ended_at.is_(None)),
        awaiting=_count(session, Gift, Gift.booked_at.is_(None)),
        dead=trouble[Progress.DEAD],
        failing=trouble[Progress.FAILING],
        heartbeat_age=None if beat is None else max(now - beat.beat_at, timedelta()),
        books=standing(session, now),
    )


def _count(
    session: Session, rows: type[Gift | Membership], *conditions: ColumnElement[bool]
) -> int:
    return session.scalar(select(func.count()).select_from(rows).where(*conditions)) or 0
