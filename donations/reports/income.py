"""Income by month, frequency and settlement currency, and how it ties to the ledger.

Months are those of the newsroom's zone and an entry belongs to the month Stripe moved the money.
The lines are summed month by month; beside them, in the same statement and so of the same moment,
the ledger's own Stripe balance is summed over the whole period without months.  The two must meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, case, func, literal, null, select, union_all

from donations.kernel.money import Money
from donations.kernel.months import Month, months_between
from donations.ledger.chart import Account, Kind
from donations.ledger.models import Entry, Posting
from donations.reports.figures import Figures

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement, CompoundSelect
    from sqlalchemy.orm import Session

LONGEST_PERIOD: Final = 240
_WHOLE: Final = -1


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
    """A currency's whole period, and what the ledger says moved in the Stripe balance."""

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


def income(session: Session, zone: ZoneInfo, first: Month, last: Month) -> Income:
    """Income from `first` to `last`, both included (`LONGEST_PERIOD` months at most)."""
    months = months_between(first, last)[-LONGEST_PERIOD:]
    if not months:
        return Income(first, last, (), ())
    sums: dict[tuple[int, str | None, str], dict[str, int]] = {}
    counts: dict[tuple[int, str | None, str], int] = {}
    rows = session.execute(_sums(months, zone))
    for number, frequency, currency, account, minor, gifts in rows:
        key = (number, frequency, currency)
        sums.setdefault(key, {})[account] = int(minor)
        counts[key] = counts.get(key, 0) + int(gifts)
    lines = tuple(
        Line(months[number], frequency, counts[key], Figures.of(currency, sums[key]))
        for key in sorted(sums, key=_reading_order)
        for number, frequency, currency in (key,)
        if number != _WHOLE
    )
    whole = {currency: sums[key] for key in sums for number, _, currency in (key,) if number < 0}
    return Income(months[0], last, lines, _totals(lines, whole))


def first_month(session: Session, zone: ZoneInfo) -> Month | None:
    """The month the books begin in; None while they are empty."""
    begun = session.scalar(select(func.min(Entry.occurred_at)))
    return None if begun is None else Month.of(begun, zone)


def _sums(
    months: tuple[Month, ...], zone: ZoneInfo
) -> CompoundSelect[int, str | None, str, str, int, int]:
    inside = and_(
        Entry.occurred_at >= months[0].start(zone),
        Entry.occurred_at < months[-1].end(zone),
    )
    newest_first = reversed(list(enumerate(months)))
    month: ColumnElement[int] = case(
        *((Entry.occurred_at >= when.start(zone), literal(number)) for number, when in newest_first)
    )
    is_gift = and_(Entry.kind == Kind.GIFT, Posting.account == Account.INCOME)
    amounts = (func.sum(Posting.amount_minor), func.sum(case((is_gift, 1), else_=0)))
    by_month = (
        select(
            month.label("month"),
            Entry.frequency,
            Posting.currency,
            Posting.account,
            *amounts,
        )
        .join(Posting.entry)
        .where(inside)
        .group_by(month, Entry.frequency, Posting.currency, Posting.account)
    )
    whole = (
        select(literal(_WHOLE), null(), Posting.currency, Posting.account, *amounts)
        .join(Posting.entry)
        .where(inside, Posting.account == Account.STRIPE_BALANCE)
        .group_by(Posting.currency, Posting.account)
    )
    return union_all(by_month, whole)


def _totals(lines: tuple[Line, ...], whole: dict[str, dict[str, int]]) -> tuple[Total, ...]:
    figures: dict[str, Figures] = {}
    gifts: dict[str, int] = {}
    for line in lines:
        so_far = figures.get(line.currency, Figures.of(line.currency, {}))
        figures[line.currency] = so_far + line.figures
        gifts[line.currency] = gifts.get(line.currency, 0) + line.gifts
    moved = {currency: sums.get(Account.STRIPE_BALANCE, 0) for currency, sums in whole.items()}
    return tuple(
        Total(gifts[currency], figures[currency], Money(moved.get(currency, 0), currency))
        for currency in sorted(figures)
    )


def _reading_order(key: tuple[int, str | None, str]) -> tuple[int, str, str]:
    number, frequency, currency = key
    order = {"monthly": "0", "annual": "1", "once": "2"}
    return -number, currency, order.get(frequency or "", "3")
