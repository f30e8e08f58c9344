"""What a report is, before it is a page, a CSV, a workbook or a page of the close pack.

A report answers one question with one or more tables, from one moment of the books: everything up
to the entry numbered `as_of`.  Whoever shows it chooses the form; the figures are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from donations.kernel.money import Money
from donations.kernel.months import Month, months_between

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from donations.ledger.codes import Codes

Cell = Money | Decimal | int | str | date | datetime | None


class Shape(StrEnum):
    """How the cells of a column are read."""

    TEXT = "text"
    WORD = "word"  # a code, shown as the word of the column's list
    MONEY = "money"
    DIFFERENCE = "difference"  # money that should be nothing: printed always, red unless it is
    COUNT = "count"
    DAY = "day"
    MONTH = "month"  # a text such as 2026-11
    MOMENT = "moment"
    RATE = "rate"
    PERCENT = "percent"  # a Decimal, 2.9 for 2.9 %


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `key` heads it in files, `title` on screen; `words` names a list of words."""

    key: str
    title: str
    shape: Shape = Shape.TEXT
    words: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a cell leads: `to` names a page of the office, `arguments` what it is about.

    A link to another report is `to="report"` with `name` among its arguments.
    """

    to: str
    arguments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table; `links` by the key of the column, `strong` for totals."""

    cells: tuple[Cell, ...]
    links: Mapping[str, Link] = field(default_factory=dict)
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One table of a report.  `rows` may be read once only; long ones are read as they come."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One value of a chart, in order."""

    label: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Drawing:
    """A small chart of one currency; what it shows stands in a section too."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a report: a span of months by accounting date, and narrower if wished.

    `as_of` is the number of the latest entry that counts.  `now` is when it was asked.
    """

    first: Month
    last: Month
    as_of: int
    zone: ZoneInfo
    codes: Codes
    fiscal_year_start: int
    now: datetime
    currency: str | None = None
    fund: str | None = None
    kind: str | None = None
    subject: str | None = None

    @property
    def first_day(self) -> date:
        """The first accounting date asked about."""
        return self.first.first_day

    @property
    def last_day(self) -> date:
        """The last accounting date asked about."""
        return self.last.last_day

    @property
    def months(self) -> tuple[Month, ...]:
        """The months asked about, in order."""
        return months_between(self.first, self.last)


@dataclass(frozen=True, slots=True)
class Report:
    """An answer.  `definition` says in words what was counted and when."""

    sections: tuple[Section, ...]
    drawings: tuple[Drawing, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """A report that can be asked for: its `number` in the accountants' list, its words, its query.

    `filters` are the names of the `Question`'s fields that narrow it, beside the months.
    `definition` is printed under every form of it.  `in_pack` puts it among the schedules of a
    closed month.  `frozen` has its rows kept there as they were at closing: only a report that
    reads entries and nothing else (no payouts, gifts, funds' names or states) may say False, and is
    then asked again for every pack.
    """

    number: int
    name: str
    title: str
    definition: str
    build: Callable[[Session, Question], Report]
    filters: tuple[str, ...] = ()
    in_pack: bool = False
    frozen: bool = True
