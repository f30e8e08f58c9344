"""Geometry of a drawing of bars: places and sizes; the template draws, the style sheet colours."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from donations.kernel.money import Money
from donations.reports.chart import Tick, step_of

if TYPE_CHECKING:
    from donations.reports.table import Drawing

WIDTH: Final = 720
HEIGHT: Final = 220
LEFT: Final = 92
RIGHT: Final = 12
TOP: Final = 16
BOTTOM: Final = 30
_TICKS: Final = 4
_GAP: Final = 0.3
_WIDEST: Final = 48


@dataclass(frozen=True, slots=True)
class Placed:
    """One bar in the units of the view box; what is below nothing hangs from the base."""

    label: str
    amount: Money
    x: float
    y: float
    width: float
    height: float
    middle: float


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing with places."""

    title: str
    bars: tuple[Placed, ...]
    ticks: tuple[Tick, ...]
    base: float
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def plot(drawing: Drawing) -> Plot:
    """Place the bars over a scale that begins at nothing."""
    currency = drawing.bars[0].amount.currency
    highest = max(0, *(bar.amount.minor for bar in drawing.bars))
    lowest = min(0, *(bar.amount.minor for bar in drawing.bars))
    step = step_of(max(highest, -lowest), currency)
    top, floor = math.ceil(highest / step), math.ceil(-lowest / step)
    tall = (HEIGHT - TOP - BOTTOM) / max(top + floor, 1)

    def y(minor: int) -> float:
        return round(TOP + (top - minor / step) * tall, 2)

    slot = (WIDTH - LEFT - RIGHT) / len(drawing.bars)
    width = round(min(slot * (1 - _GAP), _WIDEST), 2)
    bars = []
    for number, bar in enumerate(drawing.bars):
        middle = round(LEFT + slot * (number + 0.5), 2)
        upper, lower = y(max(bar.amount.minor, 0)), y(min(bar.amount.minor, 0))
        x, height = round(middle - width / 2, 2), round(lower - upper, 2)
        bars.append(Placed(bar.label, bar.amount, x, upper, width, height, middle))
    ticks = tuple(Tick(Money(step * at, currency), y(step * at)) for at in range(-floor, top + 1))
    return Plot(drawing.title, tuple(bars), ticks, y(0))
