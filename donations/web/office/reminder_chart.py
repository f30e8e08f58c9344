"""Geometry of the drawing of shares: a point with the bounds of its interval for each group.

The scale begins at nought and ends at the next round figure above the widest bound.  Only places
are decided here; the template draws and the style sheet colours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from donations.reminders.measuring import Interval

WIDTH: Final = 720
LEFT: Final = 16
RIGHT: Final = 40
TOP: Final = 10
_ROW: Final = 62
_AXIS: Final = 34
_ROUND: Final = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0)
_TICKS: Final = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One interval: its name above it, the line from `low` to `high`, the point at `middle`."""

    name: str
    series: str
    interval: Interval
    y: float
    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on the scale and the share it stands for."""

    x: float
    share: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything to draw."""

    width: int
    height: int
    base: float
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]


def drawing(shares: Sequence[tuple[str, str, Interval]]) -> Drawing:
    """Draw shares from top to bottom, each with its name and its series."""
    top = max((interval.high for _name, _series, interval in shares), default=1.0)
    end = next((step for step in _ROUND if step >= top), 1.0)

    def place(share: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * share / end, 1)

    bars = tuple(
        Bar(
            name=name,
            series=series,
            interval=interval,
            y=TOP + _ROW * row + 40,
            low=place(interval.low),
            middle=place(interval.middle),
            high=place(interval.high),
        )
        for row, (name, series, interval) in enumerate(shares)
    )
    base = TOP + _ROW * len(bars)
    ticks = tuple(
        Tick(place(end * step / _TICKS), end * step / _TICKS) for step in range(_TICKS + 1)
    )
    return Drawing(WIDTH, base + _AXIS, base, bars, ticks)
