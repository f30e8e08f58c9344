"""Stripe's events and what came of them; the ones in trouble first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, func, literal, or_, select

from donations.inbox.models import StripeEvent, job_key
from donations.jobs.models import Job

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

PAGE: Final = 50
TROUBLE_SHOWN: Final = 200


class Progress(StrEnum):
    """How far an event has come."""

    DEAD = "dead"  # every attempt failed: someone has to look
    FAILING = "failing"  # failed, and will be tried again by itself
    WAITING = "waiting"
    DONE = "done"


TROUBLE: Final = (Progress.DEAD, Progress.FAILING)


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event; `next_try_at` only while it is failing or waiting."""

    event_id: str
    type: str
    occurred_at: datetime
    received_at: datetime
    applied_at: datetime | None
    outcome: str | None
    progress: Progress
    attempts: int
    last_error: str | None
    next_try_at: datetime | None


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events, latest first; `after` continues behind the last one, None at the end."""

    rows: tuple[EventRow, ...]
    after: str | None


def events(
    session: Session,
    progress: Progress | None = None,
    *,
    after: str | None = None,
    limit: int = PAGE,
) -> EventPage:
    """The events behind the one named `after`, of any progress or of one."""
    statement = _events().order_by(StripeEvent.received_at.desc(), StripeEvent.id.desc())
    if progress is not None:
        statement = statement.where(_is(progress))
    if after is not None:
        statement = statement.where(_behind(session, after))
    found = session.execute(statement.limit(limit + 1)).all()
    rows = tuple(_row(event, job) for event, job in found[:limit])
    return EventPage(rows, rows[-1].event_id if len(found) > limit else None)


def in_trouble(session: Session, limit: int = TROUBLE_SHOWN) -> Sequence[EventRow]:
    """What needs attention: the dead first, then the failing, each oldest first."""
    statement = (
        _events()
        .where(or_(*(_is(progress) for progress in TROUBLE)))
        .order_by(Job.state, StripeEvent.received_at, StripeEvent.id)  # "dead" before "ready"
        .limit(limit)
    )
    return [_row(event, job) for event, job in session.execute(statement)]


def trouble_counts(session: Session) -> dict[Progress, int]:
    """How many events are dead and how many are failing."""
    ours = Job.key.startswith(job_key(""), autoescape=True)
    return {
        progress: session.scalar(select(func.count()).where(ours, _is(progress))) or 0
        for progress in TROUBLE
    }


def _events() -> Select[StripeEvent, Job | None]:
    same = Job.key == literal(job_key("")) + StripeEvent.event_id
    return select(StripeEvent, Job).outerjoin(Job, same)


def _is(progress: Progress) -> ColumnElement[bool]:
    match progress:
        case Progress.DEAD:
            return Job.state == "dead"
        case Progress.FAILING:
            return and_(Job.state == "ready", Job.last_error.is_not(None))
        case Progress.WAITING:
            return and_(Job.state == "ready", Job.last_error.is_(None))
        case Progress.DONE:
            return or_(Job.state == "done", Job.id.is_(None))


def _behind(session: Session, after: str) -> ColumnElement[bool]:
    last = session.scalar(select(StripeEvent).where(StripeEvent.event_id == after))
    if last is None:
        return StripeEvent.id.is_(None)
    same_moment = and_(StripeEvent.received_at == last.received_at, StripeEvent.id < last.id)
    return or_(StripeEvent.received_at < last.received_at, same_moment)


def _row(event: StripeEvent, job: Job | None) -> EventRow:
    progress = _progress(job)
    trying = job is not None and progress in {Progress.FAILING, Progress.WAITING}
    return EventRow(
        event_id=event.event_id,
        type=event.type,
        occurred_at=event.occurred_at,
        received_at=event.received_at,
        applied_at=event.applied_at,
        outcome=event.outcome,
        progress=progress,
        attempts=0 if job is None else job.attempts,
        last_error=None if job is None else job.last_error,
        next_try_at=job.run_at if trying and job is not None else None,
    )


def _progress(job: Job | None) -> Progress:
    if job is None or job.state == "done":
        return Progress.DONE
    if job.state == "dead":
        return Progress.DEAD
    return Progress.FAILING if job.last_error else Progress.WAITING
