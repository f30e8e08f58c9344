"""The sandbox's own time: the wall clock, moved forward as far as it has been told.

Beside it stand test clocks, each frozen at a moment of its own.  What is done for an object of such
a clock is done `at` it: the present is then that clock's, in the thread that does it.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from donations.sandbox import Obj


def _held() -> ContextVar[Obj | None]:
    return ContextVar("test_clock", default=None)


@dataclass
class SandboxClock:
    """Runs with the wall clock, `ahead` seconds in front of it.  Times are whole Unix seconds."""

    ahead: int = 0
    _at: ContextVar[Obj | None] = field(default_factory=_held, repr=False)

    def now(self) -> int:
        """The present: the test clock's while one is held, else the sandbox's."""
        held = self._at.get()
        return int(held.get("_now") or held["frozen_time"]) if held else self.wall() + self.ahead

    def wall(self) -> int:
        """The machine's present: what signatures carry and what the application's clock says."""
        return int(time.time())

    def travel_to(self, moment: int) -> None:
        """Go forward to `moment`; a moment already past changes nothing."""
        held = self._at.get()
        if held:
            held["_now"] = max(self.now(), moment)
        else:
            self.ahead += max(0, moment - self.now())

    @property
    def name(self) -> str:
        """The id of the test clock held, empty for the sandbox's own time."""
        held = self._at.get()
        return str(held["id"]) if held else ""

    @contextmanager
    def at(self, test_clock: Obj | None) -> Iterator[None]:
        """Hold `test_clock`, or the sandbox's own time for None."""
        token = self._at.set(test_clock)
        try:
            yield
        finally:
            self._at.reset(token)
