"""A payment of a membership failed: who is told what, and how often.

Stripe tries a bill up to eight times in two weeks (docs.stripe.com/billing/revenue-recovery/
smart-retries).  A member is not written to each time: once when it fails first, again when
something else has to be done than before, and a last time when the tries are nearly over.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.dunning.declines import CURES, Cure, Reason, reason_of
from donations.dunning.kinds import Kind
from donations.dunning.models import Notice
from donations.dunning.noting import note
from donations.giving.cancelling import is_cancelled
from donations.giving.models import Gift
from donations.giving.states import MembershipState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.giving.models import Membership

TRIED_FOR: Final = timedelta(days=14)
LAST_DAYS: Final = timedelta(days=4)
_BY_STRIPE: Final = "payment_failed"


def tell_of_failure(
    session: Session,
    membership: Membership,
    *,
    bill: str,
    attempt: int,
    next_at: datetime | None,
    now: datetime,
) -> Kind | None:
    """Owe the member the notice this failure calls for, or none; which.

    `bill` names the invoice without telling it, `attempt` counts the tries, `next_at` is when
    Stripe tries again.  Why it failed is read from the membership.  The caller commits.
    """
    if is_cancelled(membership):
        return None  # what is owed is void then; a member who left is told nothing of it
    reason = reason_of(membership.last_failure_code)
    told, about = _told(session, membership.id, bill), f"{bill}:{attempt}"
    if any(notice.about == about for notice in told):
        return None  # Stripe tells of some tries in two ways
    kind = _kind(told, reason, next_at, now)
    if kind is not None:
        note(session, membership.id, kind, about, now=now, reason=reason, next_at=next_at)
    return kind


def tell_of_lapse(session: Session, membership: Membership, *, now: datetime) -> bool:
    """Owe the notice that support ended because payments failed; whether it did and is new.

    Nobody is told who asked for the end, or whose first payment never came.  The caller commits.
    """
    lapsed = membership.state == MembershipState.ENDED and membership.end_reason == _BY_STRIPE
    if not lapsed or membership.cancel_asked_at is not None:
        return False
    given = select(Gift.id).where(Gift.membership_id == membership.id).limit(1)
    if session.scalar(given) is None:
        return False
    return note(session, membership.id, Kind.LAPSED, "end", now=now)


def _told(session: Session, membership_id: int, bill: str) -> Sequence[Notice]:
    """What was said of this bill before, the oldest first."""
    mine = (Notice.membership_id == membership_id, Notice.about.startswith(f"{bill}:"))
    return session.scalars(select(Notice).where(*mine).order_by(Notice.id)).all()


def _kind(
    told: Sequence[Notice], reason: Reason, next_at: datetime | None, now: datetime
) -> Kind | None:
    last_said = any(notice.kind == Kind.LAST for notice in told)
    if told and not last_said and _is_nearly_over(told[0].at, next_at, now):
        return Kind.LAST
    before = CURES[Reason(told[-1].reason)] if told else None
    if CURES[reason] is before or last_said:
        return None
    return Kind.CONFIRM if CURES[reason] is Cure.CONFIRM else Kind.FAILED


def _is_nearly_over(first: datetime, next_at: datetime | None, now: datetime) -> bool:
    return next_at is None or max(next_at, now) >= first + TRIED_FOR - LAST_DAYS
