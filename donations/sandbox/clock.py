"""The sandbox's own time: the wall clock, moved forward as far as it has been told."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass
class SandboxClock:
    """Runs with the wall clock, `ahead` seconds in front of it.  Times are whole Unix seconds."""

    ahead: int = 0

    def now(self) -> int:
        """The sandbox's present."""
        return self.wall() + self.ahead

    def wall(self) -> int:
        """The machine's present: what signatures carry and what the application's clock says."""
        return int(time.time())

    def travel_to(self, moment: int) -> None:
        """Go forward to `moment`; a moment already past changes nothing."""
        self.ahead += max(0, moment - self.now())
