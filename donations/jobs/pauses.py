"""Kinds of work that wait until somebody lets them go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from donations.jobs.models import Job, JobPause
from donations.kernel.database import insert_into

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session


def pause(session: Session, kind: str, *, by: str, now: datetime) -> None:
    """Let nobody begin work of `kind`; what is in hand is finished.  The caller commits.

    `by` says who: a member's login, or the command line.  Pausing twice is pausing once.
    """
    row = insert_into(session, JobPause).values(kind=kind, paused_at=now, paused_by=by)
    session.execute(row.on_conflict_do_nothing(index_elements=["kind"]))


def resume(session: Session, kind: str, *, now: datetime) -> bool:
    """Let work of `kind` go on; false if it was not paused.  The caller commits."""
    told = (Job.state == "ready", Job.kind == kind, Job.run_at <= now)
    unsaid = update(Job).where(*told, Job.announced_at.is_not(None)).values(announced_at=None)
    session.execute(unsaid)  # whoever heard of it meanwhile left it alone
    gone = delete(JobPause).where(JobPause.kind == kind).returning(JobPause.kind)
    return session.scalar(gone) is not None


def paused_kinds(session: Session) -> frozenset[str]:
    """The kinds nobody may begin."""
    return frozenset(session.scalars(select(JobPause.kind)))


def pauses(session: Session) -> Sequence[JobPause]:
    """Every pause, by kind: since when and by whom."""
    return session.scalars(select(JobPause).order_by(JobPause.kind)).all()
