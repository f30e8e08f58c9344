"""What will happen by itself: renewals, retries, expiries, each at its moment of sandbox time."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from donations.sandbox.world import World


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """At `at` (Unix seconds), do `what` to the object `target`; `place` keeps the order."""

    at: int
    place: int
    what: str
    target: str


Deed = Callable[["World", Due], None]


class Timeline:
    """The things due.  A deed checks that its object still wants it, so none is withdrawn."""

    def __init__(self, deeds: dict[str, Deed] | None = None) -> None:
        self.deeds = deeds or {}
        self._waiting: list[Due] = []
        self._asked = 0

    def expect(self, at: int, what: str, target: str) -> None:
        """Have `what` happen to `target` at `at`."""
        self._asked += 1
        heapq.heappush(self._waiting, Due(at, self._asked, what, target))

    def all_of(self, what: str) -> list[Due]:
        """Every `what` still waiting, the earliest first."""
        return sorted(due for due in self._waiting if due.what == what)

    def run_until(self, world: World, moment: int) -> int:
        """Do what is due up to `moment`, in order, each at its own time.  Returns how many."""
        done = 0
        while self._waiting and self._waiting[0].at <= moment:
            due = heapq.heappop(self._waiting)
            world.clock.travel_to(due.at)
            world.store.changed = True
            self.deeds[due.what](world, due)
            done += 1
        world.clock.travel_to(moment)
        return done

    def dump(self) -> list[list[object]]:
        """The waiting list as JSON values."""
        return [[due.at, due.what, due.target] for due in sorted(self._waiting)]

    def restore(self, kept: list[list[object]]) -> None:
        """Take back a dumped list."""
        for at, what, target in kept:
            self.expect(int(str(at)), str(what), str(target))
