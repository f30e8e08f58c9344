"""What will happen by itself: renewals, retries, expiries, each at its moment of its clock."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from donations.sandbox.clock import SandboxClock
from donations.sandbox.journal import Journal

if TYPE_CHECKING:
    from donations.sandbox.world import World

KIND: Final = "_due"


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """At `at` (Unix seconds), do `what` to the object `target`; `place` keeps the order.

    `clock` is the test clock it waits for, empty for the sandbox's own time.
    """

    at: int
    place: int
    what: str
    target: str
    clock: str = ""


Deed = Callable[["World", Due], None]


class Timeline:
    """The things due.  A deed checks that its object still wants it, so none is withdrawn."""

    def __init__(
        self,
        deeds: dict[str, Deed] | None = None,
        journal: Journal | None = None,
        clock: SandboxClock | None = None,
    ) -> None:
        self.deeds = deeds or {}
        self.journal = journal or Journal()
        self.clock = clock or SandboxClock()
        self._waiting: dict[str, list[Due]] = {}
        self._asked = 0

    def expect(self, at: int, what: str, target: str) -> None:
        """Have `what` happen to `target` at `at` of the clock held now."""
        self._asked += 1
        due = Due(at, self._asked, what, target, self.clock.name)
        heapq.heappush(self._waiting.setdefault(due.clock, []), due)
        self.journal.note(KIND, str(due.place), [at, what, target, due.clock])

    def all_of(self, what: str) -> list[Due]:
        """Every `what` still waiting on the sandbox's own time, the earliest first."""
        return sorted(due for due in self._waiting.get("", []) if due.what == what)

    def run_until(self, world: World, moment: int, clock: str = "") -> int:
        """Do what is due up to `moment`, in order, each at its own time.  Returns how many."""
        held = world.store.find("test_helpers.test_clock", clock) if clock else None
        with world.clock.at(held):
            done = 0
            waiting = self._waiting.setdefault(clock, [])
            while waiting and waiting[0].at <= moment:
                due = heapq.heappop(waiting)
                self.journal.note(KIND, str(due.place), None)
                world.clock.travel_to(due.at)
                self.deeds[due.what](world, due)
                done += 1
            world.clock.travel_to(moment)
        return done

    def move(self, targets: set[str], clock: str) -> None:
        """What is due to `targets` on the sandbox's own time is due on `clock` from now on."""
        staying = []
        for due in self._waiting.setdefault("", []):
            if due.target not in targets:
                staying.append(due)
                continue
            moved = replace(due, clock=clock)
            heapq.heappush(self._waiting.setdefault(clock, []), moved)
            self.journal.note(KIND, str(due.place), [due.at, due.what, due.target, clock])
        heapq.heapify(staying)
        self._waiting[""][:] = staying

    def forget(self, clock: str) -> None:
        """Nothing more is due on a clock that is gone."""
        for due in self._waiting.pop(clock, []):
            self.journal.note(KIND, str(due.place), None)

    def restore(self, kept: dict[str, Any]) -> None:
        """Take back the rows a journal kept."""
        for place, (at, what, target, clock) in kept.items():
            self._asked = max(self._asked, int(place))
            due = Due(int(at), int(place), what, target, clock)
            heapq.heappush(self._waiting.setdefault(clock, []), due)
