"""Promise work in the caller's transaction, and end it exactly once.

The effects a handler has in the database commit together with the job's end, under the lease token:
a worker that lost its lease rolls its effects back.  Calls outside the database are made at least
once, so they carry a key derived from the row.

Promising never waits for a worker.  Whoever promises in bulk asks `room` first and leaves the rest
for the next round: at most `MOST_WAITING` jobs of a kind then wait at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import CursorResult, func, select, update

from donations.jobs.claiming import LEASE, MAX_ATTEMPTS, Claim, claim
from donations.jobs.models import Heartbeat, Job
from donations.jobs.pauses import pause, paused_kinds, resume
from donations.kernel.database import insert_into

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

__all__ = ["LEASE", "MAX_ATTEMPTS", "Claim", "claim", "pause", "paused_kinds", "resume"]
__all__ += ["back_off", "beat", "bury", "enqueue", "enqueue_many", "fail", "finish", "finish_many"]
__all__ += ["put_off", "ready_count", "replay", "replay_dead", "room"]

MOST_WAITING: Final = 50_000
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
    return enqueue_many(session, kind, [(key, arguments or {})], now=now, run_at=run_at) == 1


def enqueue_many(
    session: Session,
    kind: str,
    work: Iterable[tuple[str, dict[str, Any]]],
    *,
    now: datetime,
    run_at: datetime | None = None,
) -> int:
    """Promise many pieces of one kind, each a key and its arguments; how many were new.

    In the caller's transaction, some hundreds of rows in one statement.
    """
    same = {"kind": kind, "state": "ready", "run_at": run_at or now, "attempts": 0}
    rows = [{**same, "key": key, "arguments": told, "created_at": now} for key, told in work]
    if not rows:
        return 0
    statement = (
        insert_into(session, Job).on_conflict_do_nothing(index_elements=["key"]).returning(Job.id)
    )
    return len(session.execute(statement, rows).all())


def ready_count(session: Session, kind: str) -> int:
    """How many jobs of `kind` are left to do, due or not."""
    left = select(func.count()).where(Job.state == "ready", Job.kind == kind)
    return session.scalar(left) or 0


def room(session: Session, kind: str) -> int:
    """How many more jobs of `kind` may be promised now."""
    return max(0, MOST_WAITING - ready_count(session, kind))


def finish(session: Session, job_id: int, lease: str, *, now: datetime) -> bool:
    """Mark the job done if `lease` still holds it; the caller commits, or rolls back on false."""
    done: dict[str, Any] = {"state": "done", "last_error": None, "done_at": now}
    return _end(session, job_id, lease, **done)


def finish_many(session: Session, claims: Sequence[Claim], *, now: datetime) -> frozenset[int]:
    """Mark jobs done together: the ids of those whose lease still held; the caller commits."""
    leases = {one.lease for one in claims}
    ended = (
        update(Job)
        .where(Job.id.in_([one.job_id for one in claims]), Job.lease.in_(leases))
        .where(Job.state == "ready")
        .values(state="done", lease=None, last_error=None, done_at=now)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return frozenset(session.scalars(ended))


def put_off(
    session: Session, job_id: int, lease: str, at: datetime, reason: str, now: datetime
) -> bool:
    """Let the job wait until `at` without counting the attempt, if `lease` still holds it.

    The caller commits.
    """
    later = max(at, now)
    waits: dict[str, Any] = {"run_at": later, "last_error": reason, "attempts": Job.attempts - 1}
    return _end(session, job_id, lease, **waits)


def fail(session: Session, job_id: int, lease: str, reason: str, *, now: datetime) -> bool:
    """Put the job back with a growing delay, or bury it after the last attempt.

    False, and nothing changed, if `lease` no longer holds it.  The caller commits.
    """
    attempts = session.scalar(select(Job.attempts).where(Job.id == job_id, Job.lease == lease))
    if attempts is None:
        return False
    if attempts >= MAX_ATTEMPTS:
        return bury(session, job_id, lease, reason)
    return _end(session, job_id, lease, run_at=now + back_off(attempts), last_error=reason)


def bury(session: Session, job_id: int, lease: str, reason: str) -> bool:
    """Give the job up for good, if `lease` still holds it; the caller commits."""
    return _end(session, job_id, lease, state="dead", last_error=reason)


def replay(session: Session, key: str, *, now: datetime) -> bool:
    """Make the job `key` due again, with all its attempts before it; false if there is none."""
    statement = update(Job).where(Job.key == key).values(**_anew(now))
    return _changed(session.execute(statement)) == 1


def replay_dead(session: Session, kind: str, *, now: datetime) -> int:
    """Make every dead job of `kind` due again, as `replay` does; how many there were."""
    dead = update(Job).where(Job.kind == kind, Job.state == "dead").values(**_anew(now))
    return _changed(session.execute(dead))


def back_off(attempts: int) -> timedelta:
    """How long to wait after the `attempts`-th failure: doubling from 5 seconds up to 2 hours."""
    return min(_FIRST_BACK_OFF * (1 << min(attempts - 1, 20)), _LONGEST_BACK_OFF)


def beat(session: Session, name: str, *, now: datetime) -> None:
    """Record that `name` is alive; the caller commits."""
    session.merge(Heartbeat(name=name, beat_at=now))


def _end(session: Session, job_id: int, lease: str, **values: Any) -> bool:  # noqa: ANN401 - a row
    held = (Job.id == job_id, Job.lease == lease, Job.state == "ready")
    ended = update(Job).where(*held).values(lease=None, announced_at=None, **values)
    return _changed(session.execute(ended.execution_options(synchronize_session=False))) == 1


def _anew(now: datetime) -> dict[str, Any]:
    blank = dict.fromkeys(("lease", "done_at", "announced_at"))
    return {"state": "ready", "run_at": now, "attempts": 0, **blank}


def _changed(result: object) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
