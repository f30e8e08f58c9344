"""The tables by which states move."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class CheckoutState(StrEnum):
    """How far a reader's intention has come."""

    OPEN = "open"
    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"


class MembershipState(StrEnum):
    """How a promise to give again stands."""

    INCOMPLETE = "incomplete"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    PAUSED = "paused"
    ENDED = "ended"


# What may follow what.  Paid is the end: later troubles are refunds and disputes of the gift.
# Money that arrives after a session failed or expired still counts, and a new round may begin.
CHECKOUT_MOVES: Final = {
    CheckoutState.OPEN: {
        CheckoutState.PENDING,
        CheckoutState.PAID,
        CheckoutState.FAILED,
        CheckoutState.EXPIRED,
    },
    CheckoutState.PENDING: {CheckoutState.PAID, CheckoutState.FAILED},
    CheckoutState.FAILED: {CheckoutState.PAID, CheckoutState.OPEN},
    CheckoutState.EXPIRED: {CheckoutState.PAID, CheckoutState.OPEN, CheckoutState.PENDING},
    CheckoutState.PAID: set[CheckoutState](),
}

# A membership follows Stripe, whose answer always counts; a move outside this table is one Stripe
# does not make, and is logged.  Between two answers several moves may have passed.
MEMBERSHIP_MOVES: Final = {
    MembershipState.INCOMPLETE: {
        MembershipState.ACTIVE,
        MembershipState.PAST_DUE,
        MembershipState.PAUSED,
        MembershipState.ENDED,
    },
    MembershipState.ACTIVE: {
        MembershipState.PAST_DUE,
        MembershipState.PAUSED,
        MembershipState.ENDED,
    },
    MembershipState.PAST_DUE: {
        MembershipState.ACTIVE,
        MembershipState.PAUSED,
        MembershipState.ENDED,
    },
    MembershipState.PAUSED: {
        MembershipState.ACTIVE,
        MembershipState.PAST_DUE,
        MembershipState.ENDED,
    },
    MembershipState.ENDED: set[MembershipState](),
}

# Stripe's subscription statuses in our words.
# Source: https://docs.stripe.com/api/subscriptions/object#subscription_object-status
MEMBERSHIP_STATE_OF: Final = {
    "incomplete": MembershipState.INCOMPLETE,
    "incomplete_expired": MembershipState.ENDED,
    "trialing": MembershipState.ACTIVE,
    "active": MembershipState.ACTIVE,
    "past_due": MembershipState.PAST_DUE,
    "unpaid": MembershipState.PAST_DUE,
    "paused": MembershipState.PAUSED,
    "canceled": MembershipState.ENDED,
}


def may_move(current: str, target: CheckoutState) -> bool:
    """Whether a checkout in state `current` may go to `target`."""
    return target in CHECKOUT_MOVES[CheckoutState(current)]


def is_a_move(current: str, target: MembershipState) -> bool:
    """Whether Stripe moves a membership from `current` to `target`; standing still is none."""
    return target in MEMBERSHIP_MOVES[MembershipState(current)]
