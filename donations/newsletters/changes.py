"""What changed about a subscription is passed on to the mailing service, if there is one.

The job carries the subscription's public name alone; whoever does it looks at how the subscription
stands then, so jobs done late or out of order still end in the truth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.jobs.models import Job
from donations.jobs.outbox import enqueue

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.newsletters.models import Subscription

TELL_JOB: Final = "newsletter_tell"


def note_change(
    session: Session, subscription: Subscription, now: datetime, *, again: bool = False
) -> None:
    """Promise that the service hears of it, `again` if it was told otherwise since.

    The caller commits.
    """
    change = f"{now.isoformat()}:{subscription.state}:{subscription.language}"
    change += ":again" if again else ""
    key = f"{TELL_JOB}:{subscription.public_id}:{change}"
    enqueue(session, TELL_JOB, key, {"subscription": subscription.public_id}, now=now)


def is_being_told(session: Session, public_id: str) -> bool:
    """Whether something about the subscription is still to be told."""
    prefix = f"{TELL_JOB}:{public_id}:"
    waiting = select(Job.id).where(
        Job.key > prefix, Job.key < f"{prefix}~", Job.state == "ready", Job.kind == TELL_JOB
    )
    return session.scalar(waiting.limit(1)) is not None
