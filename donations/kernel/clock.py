"""Time as something one is handed: aware, UTC, and movable in tests and demonstrations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Says what time it is, as an aware UTC datetime."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC)


@dataclass
class MovableClock:
    """A clock that stands where it was put and moves when told to."""

    at: datetime

    def now(self) -> datetime:
        """The moment the clock was last set to."""
        return self.at

    def advance(self, by: timedelta) -> None:
        """Move the clock `by` a duration."""
        self.at += by
