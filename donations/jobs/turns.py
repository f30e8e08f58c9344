"""Whose turn it is: kinds of work take turns, and bulk comes behind what people wait for."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_BULK_FIRST_EVERY: Final = 10


class Turns:
    """The order in which kinds are tried, shared by the threads of one worker.

    The kind whose last turn is longest ago comes first, so a flood of one kind holds up no other by
    more than a job; every tenth turn begins with bulk, so that it is never starved.
    """

    def __init__(self, bulk: frozenset[str]) -> None:
        """`bulk` are the kinds that come behind the others."""
        self._bulk = bulk
        self._counter = itertools.count(1)
        self._last: dict[str, int] = {}

    def order(self, kinds: Iterable[str], *, bulk: bool = True) -> list[str]:
        """The kinds due, in the order to try them in; without the bulk ones if not `bulk`."""
        fair = sorted(kinds, key=self._last_turn)
        prompt = [kind for kind in fair if kind not in self._bulk]
        if not bulk:
            return prompt
        heavy = [kind for kind in fair if kind in self._bulk]
        return heavy + prompt if next(self._counter) % _BULK_FIRST_EVERY == 0 else prompt + heavy

    def had(self, kind: str) -> None:
        """Note that `kind` had its turn."""
        self._last[kind] = next(self._counter)

    def _last_turn(self, kind: str) -> int:
        return self._last.get(kind, 0)
