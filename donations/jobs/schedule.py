"""Work that recurs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from donations.jobs.models import Job
from donations.jobs.outbox import enqueue

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every period of `every` one job is promised, keyed by its name and the period.

    Two schedulers promise the same key, so running two is harmless; so is a clock put back.  An
    earlier period's job that still waits for a worker becomes this period's: however many days were
    missed, one run catches up.
    """

    kind: str
    every: timedelta

    def promise(self, session: Session, now: datetime) -> None:
        """Promise this period's job, once; the caller commits."""
        period = int(now.timestamp() // self.every.total_seconds())
        key = f"{self.kind}:{period}"
        if session.scalar(select(Job.id).where(Job.key == key)) is not None:
            return
        missed = self._missed(session, period, now)
        if missed is None:
            enqueue(session, self.kind, key, now=now)
        else:
            session.execute(update(Job).where(Job.id == missed).values(key=key))

    def _missed(self, session: Session, period: int, now: datetime) -> int | None:
        """The id of an earlier period's job that is still due."""
        due = (Job.state == "ready", Job.kind == self.kind, Job.run_at <= now)
        for job_id, key in session.execute(select(Job.id, Job.key).where(*due)):
            earlier = key.removeprefix(f"{self.kind}:")
            if earlier.isdigit() and int(earlier) < period:
                return int(job_id)
        return None
