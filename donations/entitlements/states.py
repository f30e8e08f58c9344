"""The one table by which an entitlement moves, whatever it came from."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class State(StrEnum):
    """How an entitlement stands.

    `WAITING` has not begun, or nobody has redeemed it; `RESTING` goes on after a pause or a missing
    payment; `ENDED` is over by time or by its own end, `REVOKED` was taken back by staff or with
    the money.
    """

    WAITING = "waiting"
    ACTIVE = "active"
    RESTING = "resting"
    ENDED = "ended"
    REVOKED = "revoked"


class Origin(StrEnum):
    """What an entitlement came from."""

    MEMBERSHIP = "membership"
    GIFT = "gift"
    COMP = "comp"
    SEAT = "seat"


MOVES: Final[Mapping[State, frozenset[State]]] = MappingProxyType(
    {
        State.WAITING: frozenset({State.ACTIVE, State.ENDED, State.REVOKED}),
        State.ACTIVE: frozenset({State.RESTING, State.ENDED, State.REVOKED}),
        State.RESTING: frozenset({State.ACTIVE, State.ENDED, State.REVOKED}),
        State.ENDED: frozenset(),
        State.REVOKED: frozenset(),
    }
)


def is_a_move(before: State, after: State) -> bool:
    """Whether an entitlement may go from one state to the other."""
    return after in MOVES[before]
