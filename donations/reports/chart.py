"""Geometry of a small chart: income by month in one currency, columns stacked by frequency.

Columns begin at zero; each series of the chart is named beside the last column, in the order of
the stack, so there is no legend to decode.  Only places and sizes are decided here; the
template draws and the style sheet colours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from donations.kernel.money import Money, currency_of
from donations.kernel.months import months_between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from donations.kernel.months import Month
    from donations.reports.income import Income

WIDTH: Final = 720
HEIGHT: Final = 260
LEFT: Final = 78
RIGHT: Final = 112
TOP: Final = 26
BOTTOM: Final = 30
SERIES: Final = ("monthly", "annual", "once")  # from the base up: what can be relied on, first
_TICKS: Final = 4
_GAP: Final = 0.3
_WIDEST: Final = 48
_LABEL_LEADING: Final = 24
_NICE: Final = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Block:
    """One frequency's part of a column."""

    series: str
    amount: Money
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """One month: its blocks from the base up, and its sum."""

    month: Month
    total: Money
    blocks: tuple[Block, ...]
    middle: float
    top: float

    def amount(self, series: str) -> Money:
        """What `series` has in this month; nothing where it has no block."""
        found = (block.amount for block in self.blocks if block.series == series)
        return next(found, Money(0, self.total.currency))


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the chart."""

    amount: Money
    y: float


@dataclass(frozen=True, slots=True)
class Label:
    """A series' name beside the last column, written at the height `y`."""

    series: str
    y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything to be drawn, in the units of the view box."""

    currency: str
    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]
    labels: tuple[Label, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - BOTTOM

    @property
    def series(self) -> tuple[str, ...]:
        """The series that have a block anywhere, from the base up."""
        return _present(self.columns)


def charts(income: Income) -> tuple[Chart, ...]:
    """A chart of the gross income for each currency of the report."""
    return tuple(_Plot.of(income, total.currency).drawn() for total in income.totals)


@dataclass(frozen=True, slots=True)
class _Plot:
    """What is to be drawn and to which scale; `amounts` and `highest` in minor units."""

    currency: str
    months: tuple[Month, ...]
    amounts: Mapping[tuple[Month, str], int]
    step: int

    @classmethod
    def of(cls, income: Income, currency: str) -> Self:
        months = months_between(income.first, income.last)
        amounts = {
            (line.month, line.frequency): line.figures.gross.minor
            for line in income.lines
            if line.currency == currency and line.frequency and line.figures.gross.minor > 0
        }
        highest = max(sum(amounts.get((month, name), 0) for name in SERIES) for month in months)
        return cls(currency, months, amounts, step_of(highest, currency))

    def drawn(self) -> Chart:
        columns = tuple(self.column(number) for number in range(len(self.months)))
        heights = [self.step * number for number in range(_TICKS + 1)]
        ticks = tuple(Tick(Money(minor, self.currency), self.y(minor)) for minor in heights)
        return Chart(self.currency, columns, ticks, _labels(columns))

    def column(self, number: int) -> Column:
        month, slot = self.months[number], (WIDTH - LEFT - RIGHT) / len(self.months)
        width = round(min(slot * (1 - _GAP), _WIDEST), 2)
        x = round(LEFT + slot * (number + 0.5) - width / 2, 2)
        blocks, below = [], 0
        for series in SERIES:
            minor = self.amounts.get((month, series), 0)
            if minor:
                y = self.y(below + minor)
                tall = round(self.y(below) - y, 2)
                blocks.append(Block(series, Money(minor, self.currency), x, y, width, tall))
            below += minor
        total, middle = Money(below, self.currency), round(x + width / 2, 2)
        return Column(month, total, tuple(blocks), middle, self.y(below))

    def y(self, minor: int) -> float:
        tall = HEIGHT - BOTTOM - TOP
        return round(HEIGHT - BOTTOM - tall * minor / (self.step * _TICKS), 2)


def _present(columns: tuple[Column, ...]) -> tuple[str, ...]:
    drawn = {block.series for column in columns for block in column.blocks}
    return tuple(series for series in SERIES if series in drawn)


def _labels(columns: tuple[Column, ...]) -> tuple[Label, ...]:
    """A name for every series: beside its last block, or above the column where it has none."""
    labels: list[Label] = []
    if columns:
        last, free = columns[-1], float(HEIGHT - BOTTOM)
        middles = {block.series: block.y + block.height / 2 for block in last.blocks}
        for series in _present(columns):  # from the base up, each a line above the one before
            y = round(min(middles.get(series, last.top), free), 2)
            labels.append(Label(series, y))
            free = y - _LABEL_LEADING
    return tuple(labels)


def step_of(highest: int, currency: str) -> int:
    """The distance of two ticks in minor units: a round number of whole units of currency."""
    unit: int = 10 ** currency_of(currency).exponent
    least = max(highest / _TICKS, unit)
    power = unit
    while power * 10 < least:
        power *= 10
    return next(round(power * nice) for nice in _NICE if power * nice >= least)
