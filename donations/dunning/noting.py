"""Owes a member a notice, once for what it is about, and promises its letter with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.dunning.models import Notice
from donations.jobs.outbox import enqueue
from donations.kernel.database import insert_into

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.dunning.declines import Reason
    from donations.dunning.kinds import Kind


def note(
    session: Session,
    membership_id: int,
    kind: Kind,
    about: str,
    *,
    now: datetime,
    reason: Reason | None = None,
    next_at: datetime | None = None,
) -> bool:
    """Owe the notice; false if it was owed before.  The caller holds the write and commits."""
    row = {
        "membership_id": membership_id,
        "kind": kind.value,
        "about": about,
        "reason": reason.value if reason else "",
        "next_at": next_at,
        "at": now,
    }
    owed = session.scalar(
        insert_into(session, Notice).values(row).on_conflict_do_nothing().returning(Notice.id)
    )
    if owed is None:
        return False
    enqueue(session, kind.value, f"notice:{owed}", {"notice": owed}, now=now)
    return True
