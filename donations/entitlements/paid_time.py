"""Until when a membership is paid, and since when it is behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.giving.change_models import MembershipChange
from donations.giving.kept import kept_minor
from donations.giving.models import Gift, Membership
from donations.giving.states import MembershipState
from donations.kernel.cadence import Frequency, later

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

_MONTHS: Final = {Frequency.MONTHLY: 1, Frequency.ANNUAL: 12, Frequency.ONCE: 0}


def last_payment(session: Session, membership: Membership) -> Gift | None:
    """The latest payment of a membership; None before the first."""
    return session.scalar(
        select(Gift)
        .where(Gift.membership_id == membership.id)
        .order_by(Gift.received_at.desc(), Gift.id.desc())
        .limit(1)
    )


def paid_until(gift: Gift) -> datetime:
    """The end of the time a payment is for; its own beginning if all of it went back."""
    if not kept_minor(gift):
        return gift.received_at
    return later(gift.received_at, _MONTHS[Frequency(gift.frequency)])


def behind_since(session: Session, membership: Membership) -> datetime | None:
    """Since when a payment is missing; None for who is not behind."""
    since = None
    history = (
        select(MembershipChange)
        .where(MembershipChange.membership_id == membership.id)
        .order_by(MembershipChange.number.desc())
    )
    for change in session.scalars(history):
        if change.state != MembershipState.PAST_DUE:
            break
        since = change.at
    return since
