"""The one table by which a seat of a group moves."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class SeatState(StrEnum):
    """How a seat stands.

    `WITHDRAWN` was taken back before anybody had it, `EXPIRED` was taken by nobody in time.
    `RELEASED` was given up by its holder or the group's, `ENDED` went with what paid for it.
    """

    INVITED = "invited"
    TAKEN = "taken"
    RELEASED = "released"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


SEAT_MOVES: Final[Mapping[SeatState, frozenset[SeatState]]] = MappingProxyType(
    {
        SeatState.INVITED: frozenset({SeatState.TAKEN, SeatState.WITHDRAWN, SeatState.EXPIRED}),
        SeatState.TAKEN: frozenset({SeatState.RELEASED, SeatState.ENDED}),
        SeatState.RELEASED: frozenset(),
        SeatState.ENDED: frozenset(),
        SeatState.WITHDRAWN: frozenset(),
        SeatState.EXPIRED: frozenset(),
    }
)
LIVING: Final = frozenset(state for state, after in SEAT_MOVES.items() if after)


def may_become(before: SeatState, after: SeatState) -> bool:
    """Whether a seat may go from one state to the other."""
    return after in SEAT_MOVES[before]
