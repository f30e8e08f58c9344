"""Income by month, frequency and settlement currency, and how it ties to the ledger.

Months are those of accounting dates.  The lines are summed month by month from what the money was
for; beside them, as of the same entry, the accounts of where money stands are summed over the whole
period without months.  The two must meet.  A payout or a deposit moves money from one such account
to another: it is no income.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from donations.kernel.money import Money
from donations.kernel.months import Month, months_between
from donations.ledger.books import last_number
from donations.ledger.chart import ASSETS, Kind
from donations.ledger.models import DayTotal
from donations.ledger.sums import sums
from donations.reports.figures import Figures, column_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

LONGEST_PERIOD: Final = 240
_Key = tuple[str, str | None, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One month of one frequency in one currency; `frequency` is None for what no gift explains."""

    month: Month
    frequency: str | None
    gifts: int
    figures: Figures

    @property
    def currency(self) -> str:
        """The settlement currency."""
        return self.figures.currency


@dataclass(frozen=True, slots=True)
class Total:
    """A currency's whole period, and what the ledger says came to where money stands."""

    gifts: int
    figures: Figures
    ledger_total: Money

    @property
    def currency(self) -> str:
        """The settlement currency."""
        return self.figures.currency

    @property
    def difference(self) -> Money:
        """The ledger's movement less this report's net; anything but zero is a fault."""
        return self.ledger_total - self.figures.net


@dataclass(frozen=True, slots=True)
class Income:
    """The report: latest month first."""

    first: Month
    last: Month
    lines: tuple[Line, ...]
    totals: tuple[Total, ...]


def income(session: Session, first: Month, last: Month, *, as_of: int | None = None) -> Income:
    """Income from `first` to `last`, both included (`LONGEST_PERIOD` months at most).

    `as_of` is the number of the latest entry that counts; the latest there is unless told.
    """
    months = months_between(first, last)[-LONGEST_PERIOD:]
    if not months:
        return Income(first, last, (), ())
    latest = last_number(session) if as_of is None else as_of
    lines = _lines(session, months, latest)
    return Income(months[0], last, lines, _totals(lines, _moved(session, months, latest)))


def first_month(session: Session) -> Month | None:
    """The month the books begin in; None while they are empty."""
    begun = session.scalar(select(func.min(DayTotal.posted_on)))
    return None if begun is None else Month.of_day(begun)


def _lines(session: Session, months: tuple[Month, ...], as_of: int) -> tuple[Line, ...]:
    by = ("month", "frequency", "currency", "account", "kind")
    effects: dict[_Key, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    gifts: dict[_Key, int] = defaultdict(int)
    for one in sums(session, by, _inside(months), as_of=as_of):
        month, frequency, currency, account, kind = one.by
        key = (month, frequency or None, currency)
        if account not in ASSETS:
            effects[key][column_of(account, kind)] += one.minor
        elif kind == Kind.GIFT:  # every gift came to stand somewhere, once
            gifts[key] += one.postings
    return tuple(
        Line(Month.parse(key[0]), key[1], gifts[key], Figures.of(key[2], effects[key]))
        for key in sorted(effects, key=_reading_order)
    )


def _moved(session: Session, months: tuple[Month, ...], as_of: int) -> dict[str, int]:
    """What came to stand anywhere in the whole period, by currency."""
    standing: Callable[[Any], ColumnElement[bool]] = lambda row: row.account.in_(sorted(ASSETS))  # noqa: E731
    found = sums(session, ("currency",), _inside(months), standing, as_of=as_of)
    return {one.by[0]: one.minor for one in found}


def _inside(months: tuple[Month, ...]) -> Callable[[Any], ColumnElement[bool]]:
    return lambda row: row.posted_on.between(months[0].first_day, months[-1].last_day)


def _totals(lines: tuple[Line, ...], moved: dict[str, int]) -> tuple[Total, ...]:
    figures: dict[str, Figures] = {}
    gifts: dict[str, int] = defaultdict(int)
    for line in lines:
        so_far = figures.get(line.currency, Figures.of(line.currency, {}))
        figures[line.currency] = so_far + line.figures
        gifts[line.currency] += line.gifts
    return tuple(
        Total(gifts[currency], figures[currency], Money(moved.get(currency, 0), currency))
        for currency in sorted(figures)
    )


def _reading_order(key: _Key) -> tuple[int, str, str]:
    month, frequency, currency = key
    order = {"monthly": "0", "annual": "1", "once": "2"}
    return -int(month.replace("-", "")), currency, order.get(frequency or "", "3")
