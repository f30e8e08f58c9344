"""Memberships entitle: whoever has followed a membership lets its entitlement follow too.

A change of tier takes effect with the payment that is for it, so the tier is that of the latest
payment.  Time that is paid is kept: a pause rests, and an end ends, when it is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from donations.entitlements.granting import current, grant, move
from donations.entitlements.paid_time import behind_since, last_payment, paid_until
from donations.entitlements.states import Origin, State
from donations.giving.states import MembershipState

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from donations.entitlements.models import Entitlement
    from donations.giving.models import Gift, Membership

PATIENCE: Final = timedelta(days=14)
"""How long benefits go on while a payment is missing."""
_BEGINS: Final = frozenset({State.ACTIVE, State.RESTING})


@dataclass(frozen=True, slots=True)
class _Due:
    """What a membership gives at a moment, and when that ends by itself."""

    tier_id: int | None
    state: State
    ends_at: datetime | None = None


def follow_membership(
    session: Session, membership: Membership, now: datetime
) -> Entitlement | None:
    """Let the entitlement be what the membership gives at `now`; None for none.

    Nothing is given while nobody knows whose it is.  The caller holds the membership's row, and
    commits.
    """
    if membership.supporter_id is None or membership.state == MembershipState.INCOMPLETE:
        return None
    living = current(session, Origin.MEMBERSHIP, membership.id)
    if living is None and membership.tier_id is None:
        return None
    due = _due(session, membership, now)
    if living is not None and (living.tier_id != due.tier_id or due.state not in _BEGINS):
        move(living, State.ENDED, because="changed" if due.state in _BEGINS else "over")
        living = None
    if living is None:
        if due.tier_id is None or due.state not in _BEGINS:
            session.flush()
            return None
        living = _begin(session, membership, due.tier_id, now)
    living.supporter_id = membership.supporter_id
    living.ends_at = due.ends_at
    move(living, due.state)
    session.flush()
    return living


def _begin(session: Session, membership: Membership, tier_id: int, now: datetime) -> Entitlement:
    return grant(
        session,
        tier_id=tier_id,
        supporter_id=membership.supporter_id,
        origin=Origin.MEMBERSHIP,
        origin_id=membership.id,
        now=now,
    )


def _due(session: Session, membership: Membership, now: datetime) -> _Due:
    paid = last_payment(session, membership)
    tier_id = membership.tier_id if paid is None else paid.tier_id
    if membership.state == MembershipState.ENDED:
        return _paid_to_the_end(tier_id, paid, now)
    if membership.state == MembershipState.PAUSED:
        rests = paid is None or paid_until(paid) <= now
        return _Due(tier_id, State.RESTING if rests else State.ACTIVE)
    ends = membership.ends_at if membership.ends_with_period else None
    if ends is not None and ends <= now:  # Stripe will say so within the hour
        return _Due(tier_id, State.ENDED)
    behind = membership.state == MembershipState.PAST_DUE
    since = behind_since(session, membership) if behind else None
    rests = since is not None and since + PATIENCE <= now
    return _Due(tier_id, State.RESTING if rests else State.ACTIVE, ends)


def _paid_to_the_end(tier_id: int | None, paid: Gift | None, now: datetime) -> _Due:
    until = None if paid is None else paid_until(paid)
    if until is None or until <= now:
        return _Due(tier_id, State.ENDED)
    return _Due(tier_id, State.ACTIVE, until)
