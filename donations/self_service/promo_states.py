"""The one table by which a promo's term moves."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class TermState(StrEnum):
    """`RAISED` pays the higher amount by now; `DROPPED` never will, because of a word."""

    RUNNING = "running"
    RAISED = "raised"
    DROPPED = "dropped"


TERM_MOVES: Final[Mapping[TermState, frozenset[TermState]]] = MappingProxyType(
    {
        TermState.RUNNING: frozenset({TermState.RAISED, TermState.DROPPED}),
        TermState.RAISED: frozenset(),
        TermState.DROPPED: frozenset(),
    }
)
"""A term ends once: who was raised is never raised again, and who chose for themselves never is."""


def may_become(before: TermState, after: TermState) -> bool:
    """Whether a term may go from one state to the other."""
    return after in TERM_MOVES[before]
