"""Promise work in the caller's transaction; claim it by lease; finish it exactly once.

The effects a handler has in the database commit together with the job's end, under the lease token:
a worker that lost its lease rolls its effects back.  Calls outside the database are made at least
once, so they carry a key derived from the row.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.dialects import postgresql, sqlite

from donations.jobs.models import Heartbeat, Job
from donations.kernel.database import begin_write

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LEASE: Final = timedelta(seconds=90)
MAX_ATTEMPTS: Final = 12
_FIRST_BACK_OFF: Final = timedelta(seconds=5)
_LONGEST_BACK_OFF: Final = timedelta(hours=2)


def enqueue(
    session: Session,
    kind: str,
    key: str,
    arguments: dict[str, Any] | None = None,
    *,
    now: datetime,
    run_at: datetime | None = None,
) -> bool:
    """Promise a piece of work in the caller's transaction; false if `key` was promised before."""
    build = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = (
        build(Job)
        .values(
            kind=kind,
            key=key,
            arguments=arguments or {},
            state="ready",
            run_at=run_at or now,
            attempts=0,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(Job.id)
    )
    return session.scalar(statement) is not None


@dataclass(frozen=True, slots=True)
class Claim:
    """A job in hand: what to do, and the token that proves whose hand it is."""

    job_id: int
    lease: str
    kind: str
    key: str
    arguments: dict[str, Any]
    attempt: int


def claim(session: Session, *, now: datetime) -> Claim | None:
    """Take the job that has been due longest, in a transaction of its own; None if none is due."""
    begin_write(session)
    due = (
        select(Job)
        .where(Job.state == "ready", Job.run_at <= now)
        .order_by(Job.run_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    job = session.scalar(due)
    if job is None:
        session.rollback()
        return None
    job.lease = lease = secrets.token_hex(16)
    job.run_at = now + LEASE
    job.attempts += 1
    taken = Claim(job.id, lease, job.kind, job.key, dict(job.arguments), job.attempts)
    session.commit()
    return taken


def finish(session: Session, job_id: int, lease: str, *, now: datetime) -> bool:
    """Mark the job done if `lease` still holds it; the caller commits, or rolls back on false."""
    statement = (
        update(Job)
        .where(Job.id == job_id, Job.lease == lease, Job.state == "ready")
        .values(state="done", lease=None, last_error=None, done_at=now)
    )
    return _changed_one(session.execute(statement))


def prolong(session: Session, job_id: int, lease: str, *, now: datetime) -> None:
    """Keep a lease that is still held for its whole length from now on; the caller commits."""
    session.execute(
        update(Job)
        .where(Job.id == job_id, Job.lease == lease, Job.state == "ready")
        .values(run_at=now + LEASE)
    )


def replay(session: Session, key: str, *, now: datetime) -> bool:
    """Make the job `key` due again, with all its attempts before it; false if there is none."""
    statement = (
        update(Job)
        .where(Job.key == key)
        .values(state="ready", run_at=now, attempts=0, lease=None, done_at=None)
    )
    return _changed_one(session.execute(statement))


def fail(session: Session, job_id: int, lease: str, reason: str, *, now: datetime) -> None:
    """Put the job back with a growing delay, or bury it after the last attempt; commits."""
    begin_write(session)
    job = session.get(Job, job_id)
    if job is not None and job.lease == lease:
        job.lease = None
        job.last_error = reason
        if job.attempts >= MAX_ATTEMPTS:
            job.state = "dead"
        else:
            job.run_at = now + back_off(job.attempts)
    session.commit()


def back_off(attempts: int) -> timedelta:
    """How long to wait after the `attempts`-th failure: doubling from 5 seconds up to 2 hours."""
    return min(_FIRST_BACK_OFF * (1 << min(attempts - 1, 20)), _LONGEST_BACK_OFF)


def beat(session: Session, name: str, *, now: datetime) -> None:
    """Record that `name` is alive; the caller commits."""
    session.merge(Heartbeat(name=name, beat_at=now))


def _changed_one(result: Any) -> bool:  # noqa: ANN401 - SQLAlchemy types an update as a plain Result
    return cast("CursorResult[Any]", result).rowcount == 1
