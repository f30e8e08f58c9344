"""What a supporter may do with a membership, by one table, and how the membership stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.giving.cancelling import find_membership, is_cancelled
from donations.giving.states import MembershipState
from donations.kernel.cadence import Frequency
from donations.self_service.calendar import next_payment
from donations.self_service.models import MembershipOrder

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.giving.models import Membership
    from donations.kernel.money import Money


class Action(StrEnum):
    """One thing to do.

    `PAY` pays what is owed by oneself; `KEEP` takes back an end planned for the period's end.
    """

    AMOUNT = "amount"
    FREQUENCY = "frequency"
    PAUSE = "pause"
    RESUME = "resume"
    SKIP = "skip"
    MOVE = "move"
    CARD = "card"
    PAY = "pay"
    CANCEL = "cancel"
    KEEP = "keep"


# What may be asked in which state.  Who is behind with a payment can find the money, take a new
# card or stop; to pause what is owed would only hide it.
MAY: Final[Mapping[MembershipState, frozenset[Action]]] = MappingProxyType(
    {
        MembershipState.INCOMPLETE: frozenset({Action.CANCEL}),
        MembershipState.ACTIVE: frozenset(
            {
                Action.AMOUNT,
                Action.FREQUENCY,
                Action.PAUSE,
                Action.SKIP,
                Action.MOVE,
                Action.CARD,
                Action.CANCEL,
            }
        ),
        MembershipState.PAST_DUE: frozenset(
            {Action.AMOUNT, Action.CARD, Action.PAY, Action.CANCEL}
        ),
        MembershipState.PAUSED: frozenset(
            {Action.AMOUNT, Action.RESUME, Action.CARD, Action.CANCEL}
        ),
        MembershipState.ENDED: frozenset(),
    }
)
# While an end is planned only these make sense.
_WHILE_ENDING: Final = frozenset({Action.KEEP, Action.CARD, Action.PAY, Action.CANCEL})


@dataclass(frozen=True, slots=True)
class Standing:
    """A membership as its supporter sees it.

    `next_at` is when money is taken next, pauses counted in; None when none will be.  `pending` is
    what was asked and not carried out yet, `dropped` what could not be carried out last.
    """

    public_id: str
    supporter_id: int | None
    amount: Money
    frequency: Frequency
    state: MembershipState
    next_at: datetime | None
    resumes_at: datetime | None
    ends_at: datetime | None
    allowed: frozenset[Action]
    pending: Action | None
    dropped: Action | None = None


def standing_of(session: Session, public_id: str, *, now: datetime) -> Standing:
    """How the membership stands.  Raises `NotFound`."""
    return describe(session, find_membership(session, public_id), now=now)


def describe(session: Session, membership: Membership, *, now: datetime) -> Standing:
    """How this membership stands at `now`."""
    latest = session.scalar(
        select(MembershipOrder)
        .where(MembershipOrder.membership_id == membership.id)
        .order_by(MembershipOrder.id.desc())
        .limit(1)
    )
    return Standing(
        public_id=membership.public_id,
        supporter_id=membership.supporter_id,
        amount=membership.amount,
        frequency=Frequency(membership.frequency),
        state=MembershipState(membership.state),
        next_at=None if is_cancelled(membership) else next_payment(membership, now),
        resumes_at=membership.resumes_at,
        ends_at=membership.ends_at if membership.ends_with_period else None,
        allowed=allowed(membership),
        pending=_pending(membership, latest),
        dropped=_dropped(latest),
    )


def allowed(membership: Membership) -> frozenset[Action]:
    """What may be asked of the membership now; nothing once its end was asked for."""
    if is_cancelled(membership):
        return frozenset()
    may = MAY[MembershipState(membership.state)]
    if membership.ends_with_period:
        return (may | {Action.KEEP}) & _WHILE_ENDING
    return may


def _pending(membership: Membership, latest: MembershipOrder | None) -> Action | None:
    if membership.cancel_asked_at is not None and membership.state != MembershipState.ENDED:
        return Action.CANCEL
    return Action(latest.action) if latest is not None and latest.is_open else None


def _dropped(latest: MembershipOrder | None) -> Action | None:
    if latest is None or latest.dropped_at is None or latest.dropped_because == "replaced":
        return None
    return Action(latest.action)
