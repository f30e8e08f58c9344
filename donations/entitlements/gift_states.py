"""The one table by which a gift membership moves."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class GiftState(StrEnum):
    """How a gift membership stands.

    `SENT` was written to its recipient, `REDEEMED` runs, `ENDED` is over by time, `CONVERTED` led
    its recipient to a membership of their own.  `EXPIRED` was redeemed by nobody in its year,
    `REFUNDED` went back with the money.
    """

    ORDERED = "ordered"
    PAID = "paid"
    SENT = "sent"
    REDEEMED = "redeemed"
    ENDED = "ended"
    CONVERTED = "converted"
    EXPIRED = "expired"
    REFUNDED = "refunded"


# Whoever hands the link over need not wait for our letter: a paid one may be redeemed too.  Money
# that goes back ends a gift wherever it stands, but for one that nobody paid.
GIFT_MOVES: Final[Mapping[GiftState, frozenset[GiftState]]] = MappingProxyType(
    {
        GiftState.ORDERED: frozenset({GiftState.PAID}),
        GiftState.PAID: frozenset(
            {GiftState.SENT, GiftState.REDEEMED, GiftState.EXPIRED, GiftState.REFUNDED}
        ),
        GiftState.SENT: frozenset({GiftState.REDEEMED, GiftState.EXPIRED, GiftState.REFUNDED}),
        GiftState.REDEEMED: frozenset({GiftState.ENDED, GiftState.CONVERTED, GiftState.REFUNDED}),
        GiftState.ENDED: frozenset({GiftState.CONVERTED, GiftState.REFUNDED}),
        GiftState.CONVERTED: frozenset({GiftState.REFUNDED}),
        GiftState.EXPIRED: frozenset({GiftState.REFUNDED}),
        GiftState.REFUNDED: frozenset(),
    }
)
REDEEMABLE: Final = frozenset(
    state for state, after in GIFT_MOVES.items() if GiftState.REDEEMED in after
)


def may_become(before: GiftState, after: GiftState) -> bool:
    """Whether a gift membership may go from one state to the other."""
    return after in GIFT_MOVES[before]
