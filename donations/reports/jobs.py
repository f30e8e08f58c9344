"""How the work stands: what is due and how late, what failed for good, who is at work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, case, func, select

from donations.inbox import catching_up, sweep
from donations.jobs import cleaning
from donations.jobs.carriers.relay import BROKER, RELAY
from donations.jobs.claiming import LEASE, heads, kinds_in
from donations.jobs.models import Heartbeat, Job
from donations.jobs.pauses import paused_kinds, pauses
from donations.jobs.worker import BULK_HEARTBEAT, HEARTBEAT
from donations.newsletters import changes, forgetting, reconciling
from donations.reconciliation import nightly
from donations.recoveries import recovering
from donations.reminders import forgetting as forget_reminders
from donations.reminders import reminding
from donations.supporters import account_closing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

PATIENCE: Final = timedelta(minutes=5)
"""How late work may be that somebody waits for: a letter, what Stripe told."""
_BULK: Final = timedelta(hours=6)
_NIGHTLY: Final = timedelta(hours=2)
_PATIENCE: Final[Mapping[str, timedelta]] = MappingProxyType(
    {
        **dict.fromkeys((reminding.JOB, recovering.JOB, changes.TELL_JOB), _BULK),
        **dict.fromkeys((sweep.JOB, nightly.JOB, catching_up.JOB, cleaning.JOB), _NIGHTLY),
        **dict.fromkeys((reconciling.RECONCILE_JOB, forgetting.DROP_JOB, forgetting.JOB), _BULK),
        **dict.fromkeys((recovering.FORGET_JOB, forget_reminders.FORGET_JOB), _BULK),
        account_closing.JOB: _BULK,
    }
)
SILENT: Final = timedelta(minutes=1)
"""Who has not shown a sign of life for so long is not at work."""
DEAD_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class KindOfWork:
    """The jobs of one kind.  `late` is how long the first of those due has been due."""

    kind: str
    later: int
    due: int
    in_hand: int
    dead: int
    done_today: int
    late: timedelta
    paused_at: datetime | None
    paused_by: str

    @property
    def is_late(self) -> bool:
        """Whether it is later than such work may be, and nobody paused it."""
        return self.paused_at is None and self.late > patience(self.kind)

    @property
    def open(self) -> int:
        """How many are to be done now."""
        return self.due + self.in_hand


@dataclass(frozen=True, slots=True)
class DeadJob:
    """A job that failed for good; `tried_at` is when it was last in hand."""

    id: int
    kind: str
    key: str
    attempts: int
    reason: str
    tried_at: datetime


@dataclass(frozen=True, slots=True)
class Pulse:
    """How long ago each last showed a sign of life; None for what never did."""

    worker: timedelta | None
    bulk_worker: timedelta | None
    relay: timedelta | None
    broker: timedelta | None


def patience(kind: str) -> timedelta:
    """How late work of `kind` may be before somebody should look."""
    return _PATIENCE.get(kind, PATIENCE)


def kinds_of_work(session: Session, zone: ZoneInfo, now: datetime) -> tuple[KindOfWork, ...]:
    """Every kind with a job left, dead or done today in `zone`; the late and the dead first."""
    waiting = {one.kind: one for one in pauses(session)}
    open_ones = _open(session, now)
    done = _done_since(session, _midnight(now, zone))
    found = []
    for kind in sorted({*waiting, *open_ones, *done}):
        counts = open_ones.get(kind, {})
        first = counts.pop("first", None)
        held = waiting.get(kind)
        found.append(
            KindOfWork(
                kind=kind,
                **{name: counts.get(name, 0) for name in ("later", "due", "in_hand", "dead")},
                done_today=done.get(kind, 0),
                late=timedelta() if first is None else max(now - first, timedelta()),
                paused_at=None if held is None else held.paused_at,
                paused_by="" if held is None else held.paused_by,
            )
        )
    return tuple(sorted(found, key=lambda one: (not one.is_late, not one.dead, one.kind)))


def late_kinds(session: Session, now: datetime) -> dict[str, timedelta]:
    """The kinds later than they may be, and how late; quick, whatever waits."""
    paused = paused_kinds(session)
    late = {head.kind: now - head.run_at for head in heads(session) if head.kind not in paused}
    return {kind: by for kind, by in late.items() if by > patience(kind)}


def dead_kinds(session: Session) -> dict[str, int]:
    """How many jobs of each kind failed for good."""
    counted = select(Job.kind, func.count()).where(Job.state == "dead").group_by(Job.kind)
    return {row[0]: row[1] for row in session.execute(counted.order_by(Job.kind))}


def dead_jobs(session: Session, limit: int = DEAD_SHOWN) -> Sequence[DeadJob]:
    """What failed for good, the latest first."""
    latest = select(Job).where(Job.state == "dead").order_by(Job.run_at.desc(), Job.id.desc())
    return [
        DeadJob(job.id, job.kind, job.key, job.attempts, job.last_error or "", job.run_at - LEASE)
        for job in session.scalars(latest.limit(limit))
    ]


def pulse(session: Session, now: datetime) -> Pulse:
    """Who is alive at `now`; a sign from the future counts by its distance, too."""
    beats = {row.name: abs(now - row.beat_at) for row in session.scalars(select(Heartbeat))}
    return Pulse(*(beats.get(name) for name in (HEARTBEAT, BULK_HEARTBEAT, RELAY, BROKER)))


def _open(session: Session, now: datetime) -> dict[str, dict[str, Any]]:
    ready, is_due = Job.state == "ready", Job.run_at <= now
    held = and_(ready, Job.run_at > now, Job.lease.is_not(None))
    sums = {
        "later": and_(ready, Job.run_at > now, Job.lease.is_(None)),
        "due": and_(ready, is_due),
        "in_hand": held,
        "dead": Job.state == "dead",
    }
    counted = select(
        Job.kind,
        *(func.sum(case((such, 1), else_=0)).label(name) for name, such in sums.items()),
        func.min(case((and_(ready, is_due), Job.run_at))).label("first"),
    )
    found = session.execute(counted.where(Job.state.in_(("ready", "dead"))).group_by(Job.kind))
    return {row.kind: {name: getattr(row, name) for name in (*sums, "first")} for row in found}


def _done_since(session: Session, start: datetime) -> dict[str, int]:
    counts = {}
    for kind in kinds_in(session, "done"):
        today = (Job.state == "done", Job.kind == kind, Job.run_at >= start, Job.done_at >= start)
        counts[kind] = session.scalar(select(func.count()).where(*today)) or 0
    return {kind: count for kind, count in counts.items() if count}


def _midnight(now: datetime, zone: ZoneInfo) -> datetime:
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
