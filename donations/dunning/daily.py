"""What a day brings: yearly payments to announce, years to look back on, support that has ended.

Each is found again until it is owed, so a day missed is caught up, and owed only once.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import false, func, or_, select

from donations.dunning.cards import promise_checks
from donations.dunning.failing import tell_of_lapse
from donations.dunning.kinds import Kind
from donations.dunning.models import Notice
from donations.dunning.noting import note
from donations.giving.models import Membership
from donations.kernel.cadence import add_months
from donations.kernel.database import begin_write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

JOB: Final = "notices"
EVERY: Final = timedelta(hours=6)
# California wants an annual renewal announced 15 to 45 days before it (Business and Professions
# Code, section 17602), which suits everybody else too.
ANNOUNCED: Final = timedelta(days=30)
_TOO_LATE: Final = timedelta(days=3)
_CATCHES_UP: Final = timedelta(days=14)
_LEEWAY: Final = timedelta(days=3)  # zones and 29 February move a day by less
_LAPSES_AT_ONCE: Final = 2000


class DailyNotices:
    """The job of a quarter of a day."""

    def __init__(self, zone: ZoneInfo) -> None:
        """`zone` is where anniversaries are counted."""
        self._zone = zone

    def __call__(self, session: Session, _arguments: Mapping[str, Any], now: datetime) -> None:
        """Owe what is to be said today."""
        begin_write(session)
        announce_yearly(session, now=now)
        look_back(session, zone=self._zone, now=now)
        _catch_lapses(session, now)
        promise_checks(session, now=now)


def announce_yearly(session: Session, *, now: datetime) -> int:
    """Owe a notice for every yearly payment within `ANNOUNCED`; how many are new.

    A payment moved to another day is announced again.  What is taken within three days is too late
    to announce.  The caller commits.
    """
    running = Membership.state == "active"
    back_by_then = (Membership.state == "paused") & (Membership.resumes_at <= Membership.renews_at)
    due = (
        Membership.frequency == "annual",
        running | back_by_then,
        Membership.ends_with_period.is_(False),
        Membership.cancel_asked_at.is_(None),
        Membership.renews_at > now + _TOO_LATE,
        Membership.renews_at <= now + ANNOUNCED,
    )
    told = 0
    for membership in session.scalars(select(Membership).where(*due).order_by(Membership.id)):
        at = membership.renews_at
        if at is not None:
            about = at.date().isoformat()
            told += note(session, membership.id, Kind.ANNUAL, about, now=now, next_at=at)
    return told


def look_back(session: Session, *, zone: ZoneInfo, now: datetime) -> int:
    """Owe the yearly note to monthly members whose anniversary is today, or was lately.

    How many are new.  It asks nothing and changes nothing.  The caller commits.
    """
    today = now.astimezone(zone).date()
    living = (
        Membership.frequency == "monthly",
        Membership.state == "active",
        Membership.ends_with_period.is_(False),
        Membership.cancel_asked_at.is_(None),
        Membership.started_at <= now - timedelta(days=360),
    )
    told = 0
    near = _began_about(session, living, today)
    for membership in session.scalars(select(Membership).where(*living, near, _not_this_year(now))):
        day = _anniversary(membership.started_at.astimezone(zone).date(), today)
        if timedelta(0) <= today - day <= _CATCHES_UP:
            about = str(day.year)
            told += note(session, membership.id, Kind.STILL_READING, about, now=now)
    return told


def _began_about(
    session: Session, living: tuple[ColumnElement[bool], ...], today: date
) -> ColumnElement[bool]:
    """Whose anniversary may be near: it spares loading all the others."""
    oldest = session.scalar(select(func.min(Membership.started_at)).where(*living))
    years = range(1, today.year - oldest.year + 1) if oldest else range(0)
    return or_(
        false(),
        *(
            Membership.started_at.between(
                _midnight(add_months(today - _CATCHES_UP, -12 * back) - _LEEWAY),
                _midnight(add_months(today, -12 * back) + _LEEWAY),
            )
            for back in years
        ),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _not_this_year(now: datetime) -> ColumnElement[bool]:
    """Nobody who was written to within the last half of a year."""
    lately = select(Notice.membership_id).where(
        Notice.kind == Kind.STILL_READING, Notice.at > now - timedelta(days=180)
    )
    return Membership.id.not_in(lately)


def _anniversary(began: date, today: date) -> date:
    """The latest anniversary up to `today`; of 29 February in other years the day before March."""
    this = add_months(began, 12 * (today.year - began.year))
    return this if this <= today else add_months(began, 12 * (today.year - began.year - 1))


def _catch_lapses(session: Session, now: datetime) -> None:
    """Support that ended while no event told of it."""
    ended = (
        Membership.state == "ended",
        Membership.end_reason == "payment_failed",
        Membership.ended_at > now - _CATCHES_UP,
    )
    told = select(Notice.membership_id).where(Notice.kind == Kind.LAPSED)
    missing = select(Membership).where(*ended, Membership.id.not_in(told)).limit(_LAPSES_AT_ONCE)
    for membership in session.scalars(missing):
        tell_of_lapse(session, membership, now=now)
