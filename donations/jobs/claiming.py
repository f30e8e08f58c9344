"""Taking jobs in hand: which kinds have work due, and a lease on one or several of a kind."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select, update

from donations.jobs.models import Job
from donations.jobs.pauses import paused_kinds
from donations.kernel.database import begin_write

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import CTE, ColumnElement
    from sqlalchemy.orm import Session

LEASE: Final = timedelta(seconds=90)
MAX_ATTEMPTS: Final = 12
NEVER_CAME_BACK: Final = "Whoever worked on it stopped each time before the end"


@dataclass(frozen=True, slots=True)
class Claim:
    """A job in hand: what to do, and the token that proves whose hand it is.

    `due_at` is the moment it was due at.
    """

    job_id: int
    lease: str
    kind: str
    key: str
    arguments: dict[str, Any]
    attempt: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Head:
    """The job of a kind that has been waiting longest, or is in hand longest."""

    kind: str
    run_at: datetime


def heads(session: Session) -> tuple[Head, ...]:
    """For every kind with work left, when its first is due.

    Steps through the index from kind to kind, so that a flood of one kind costs nothing.
    """
    kinds = _kinds("ready")
    earliest = select(func.min(Job.run_at)).where(Job.state == "ready", Job.kind == kinds.c.kind)
    found = session.execute(
        select(kinds.c.kind, earliest.scalar_subquery()).where(kinds.c.kind.is_not(None))
    )
    return tuple(Head(kind, run_at) for kind, run_at in found)


def kinds_in(session: Session, state: str) -> tuple[str, ...]:
    """The kinds of which any job is `ready`, `done` or `dead`, found as quickly."""
    kinds = _kinds(state)
    return tuple(session.scalars(select(kinds.c.kind).where(kinds.c.kind.is_not(None))))


def due_kinds(session: Session, *, now: datetime) -> list[str]:
    """The kinds with work due that nobody paused, the one due longest first."""
    due = [head for head in heads(session) if head.run_at <= now]
    if not due:
        return []
    paused = paused_kinds(session)
    return [head.kind for head in sorted(due, key=_since) if head.kind not in paused]


def claim(session: Session, *, now: datetime) -> Claim | None:
    """Take the job that has been due longest, in a transaction of its own; None if none is due."""
    for kind in due_kinds(session, now=now):
        for taken in claim_due(session, kind, 1, now=now):
            return taken
    session.rollback()
    return None


def claim_due(session: Session, kind: str, most: int, *, now: datetime) -> list[Claim]:
    """Take up to `most` due jobs of a kind under one lease, in a transaction of its own."""
    return _take(session, Job.kind == kind, most, now=now)


def claim_these(session: Session, ids: Collection[int], *, now: datetime) -> list[Claim]:
    """Take those of the jobs `ids` that are due and not paused, in a transaction of its own."""
    free = Job.id.in_(ids) & Job.kind.not_in(paused_kinds(session))
    return _take(session, free, len(ids), now=now)


def prolong(session: Session, in_hand: Mapping[int, str], *, now: datetime) -> None:
    """Keep the leases (job ids and their tokens) that are still held, each for its whole length.

    The caller commits.
    """
    by_lease: dict[str, list[int]] = {}
    for job_id, lease in in_hand.items():
        by_lease.setdefault(lease, []).append(job_id)
    for lease, ids in sorted(by_lease.items()):
        held = (Job.id.in_(ids), Job.lease == lease, Job.state == "ready")
        session.execute(update(Job).where(*held).values(run_at=now + LEASE))


def still_held(session: Session, claims: Collection[Claim]) -> list[Claim]:
    """Those of the jobs that are neither ended nor in another hand."""
    ids, leases = [one.job_id for one in claims], {one.lease for one in claims}
    held = (Job.id.in_(ids), Job.lease.in_(leases), Job.state == "ready")
    found = set(session.scalars(select(Job.id).where(*held)))
    return [one for one in claims if one.job_id in found]


def free_strayed(session: Session, *, now: datetime) -> None:
    """Free the leases of a worker whose clock was far ahead; the caller commits.

    Looks at every job that is left, so this is for the start of a worker.
    """
    strayed = (Job.state == "ready", Job.lease.is_not(None), Job.run_at > now + 2 * LEASE)
    session.execute(update(Job).where(*strayed).values(run_at=now, lease=None))


def _kinds(state: str) -> CTE:
    such = Job.state == state
    first = select(
        select(func.min(Job.kind)).where(such).scalar_subquery().label("kind"),
    ).cte("kinds", recursive=True)
    following = select(func.min(Job.kind)).where(such, Job.kind > first.c.kind).scalar_subquery()
    return first.union_all(select(following).where(first.c.kind.is_not(None)))


def _take(session: Session, which: ColumnElement[bool], most: int, *, now: datetime) -> list[Claim]:
    begin_write(session)
    due = (
        select(Job)
        .where(Job.state == "ready", Job.run_at <= now, which)
        .order_by(Job.run_at, Job.id)
        .limit(most)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    found = session.scalars(due).all()
    if not found:
        session.rollback()
        return []
    taken = _lease(session, _without_the_lost(found), now=now)
    session.commit()
    return taken


def _without_the_lost(jobs: Sequence[Job]) -> list[Job]:
    """Those that may be tried; buries what every worker so far stopped on."""
    for job in jobs:
        if job.attempts >= MAX_ATTEMPTS:
            job.state, job.lease, job.last_error = "dead", None, NEVER_CAME_BACK
    return [job for job in jobs if job.state == "ready"]


def _lease(session: Session, jobs: Sequence[Job], *, now: datetime) -> list[Claim]:
    lease = secrets.token_hex(16)
    taken = [
        Claim(job.id, lease, job.kind, job.key, dict(job.arguments), job.attempts + 1, job.run_at)
        for job in jobs
    ]
    session.flush()
    session.execute(
        update(Job)
        .where(Job.id.in_([one.job_id for one in taken]))
        .values(lease=lease, run_at=now + LEASE, attempts=Job.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    return taken


def _since(head: Head) -> datetime:
    return head.run_at
