"""Forgetting jobs that were done long ago.

A job's key keeps its work from being promised, and done, a second time; so a done job is kept for
longer than anything may promise it again.  Stripe tells of an event for 30 days and of a dispute
for a year and a half, but by events of their own; a reminder is promised up to 13 months ahead; and
what is posted twice meets its letter's own key.  400 days outlast them all.  Work that recurs is
keyed by its period, and no clock goes back by a month.  What failed for good stays.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select

from donations.jobs.claiming import kinds_in
from donations.jobs.models import Job
from donations.kernel.database import begin_write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

JOB: Final = "clean_jobs"
EVERY: Final = timedelta(days=1)
KEPT: Final = timedelta(days=400)
RECURRING_KEPT: Final = timedelta(days=30)
_AT_ONCE: Final = 500


class Cleaner:
    """The job of one day."""

    def __init__(self, recurring: frozenset[str]) -> None:
        """`recurring` are the kinds keyed by their period."""
        self._recurring = recurring | {JOB}

    def __call__(self, session: Session, _arguments: Mapping[str, Any], now: datetime) -> None:
        """Delete what was done long enough ago, some hundreds in one transaction."""
        kinds = kinds_in(session, "done")
        session.rollback()  # or the end of this job would wait upon a reading that grew old
        for kind in kinds:
            kept = RECURRING_KEPT if kind in self._recurring else KEPT
            while _delete_some(session, kind, now - kept):
                pass


def _delete_some(session: Session, kind: str, before: datetime) -> bool:
    """Whether any were deleted.  A done job's `run_at` is never before the moment it was done."""
    begin_write(session)
    old = (
        select(Job.id)
        .where(Job.state == "done", Job.kind == kind, Job.run_at < before)
        .limit(_AT_ONCE)
    )
    ids = session.scalars(old).all()
    if ids:
        session.execute(delete(Job).where(Job.id.in_(ids), Job.state == "done"))
    session.commit()
    return bool(ids)
