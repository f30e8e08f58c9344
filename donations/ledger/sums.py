"""Sums of postings by any dimensions, from totals, as the books stood at an entry.

A report over years reads thousands of totals, not millions of postings.  The totals know nothing of
moments, so what was booked after the entry `as_of` is read from the postings and taken off, in the
same statement: it costs what was booked since, which is nothing or little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import String, case, cast, func, literal_column, select, union_all

from donations.ledger.chart import Account
from donations.ledger.models import DayTotal, Entry, MonthTotal, Posting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import CTE, ColumnElement, Select
    from sqlalchemy.orm import Session

DIMENSIONS: Final = (
    *("posted_on", "account", "currency", "kind", "frequency", "fund", "campaign", "cohort"),
)
_NONE: Final[ColumnElement[str]] = literal_column("''")
_NO_NUMBER_IS_ABOVE: Final = 2**62


@dataclass(frozen=True, slots=True)
class Sum:
    """One group: its dimensions in the order asked for, the sum and the number of its postings.

    `debits` is the sum of the positive ones; the credits are `debits - minor`.
    """

    by: tuple[Any, ...]
    minor: int
    postings: int
    debits: int = 0


def sums(
    session: Session,
    by: Sequence[str],
    *where: Callable[[Any], ColumnElement[bool]],
    as_of: int | None = None,
) -> Iterator[Sum]:
    """The sums of all postings that fulfil every `where`, grouped by the dimensions `by`.

    A `where` gets the columns (`posted_on`, `account` …) and gives a condition:
    `lambda row: row.account == Account.INCOME`.  `by` may name `month`, the text 2026-11 of the
    accounting date.  Conditions on `posted_on` must span whole months, as those of reports do,
    unless `by` names it too: only then are days read.  Groups that sum to nothing are left out only
    if they had no posting.
    """
    parts = [_kept(by, where)]
    if as_of is not None:
        parts.append(_since(by, where, as_of))
    together = union_all(*parts).subquery()
    keys = [together.c[name] for name in by]
    statement = (
        select(
            *keys,
            func.sum(together.c.minor),
            func.sum(together.c.postings),
            func.sum(together.c.debits),
        )
        .group_by(*keys)
        .order_by(*keys)
    )
    for *dimensions, minor, postings, debits in session.execute(statement):
        if postings:
            yield Sum(tuple(dimensions), int(minor), int(postings), int(debits))


class _Days:
    """The columns of the daily totals by the names of the dimensions."""

    table = DayTotal

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - columns of several types
        return month_of(DayTotal.posted_on) if name == "month" else getattr(DayTotal, name)


class _Months:
    """The same of the monthly totals; a date is compared as the month it is in."""

    table = MonthTotal

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - columns of several types
        return getattr(MonthTotal, "month" if name == "posted_on" else name)


def month_of(day: Any) -> ColumnElement[str]:  # noqa: ANN401 - a date column
    """2026-11 of a date: both databases write dates year first."""
    return func.substr(cast(day, String), literal_column("1"), literal_column("7"))


def booked_after(number: int) -> ColumnElement[bool]:
    """The entries booked after an entry.

    A range with two ends, because SQLite takes one with a single end for a quarter of the table,
    and would rather read all of it than look up the few there are.
    """
    return Entry.number.between(number + 1, _NO_NUMBER_IS_ABOVE)


def _kept(
    by: Sequence[str], where: Sequence[Callable[[Any], ColumnElement[bool]]]
) -> Select[*tuple[Any, ...]]:
    row = _Days() if "posted_on" in by else _Months()
    keys = [getattr(row, name).label(name) for name in by]
    return (
        select(
            *keys,
            func.sum(row.table.minor).label("minor"),
            func.sum(row.table.entries).label("postings"),
            func.sum(row.table.debit_minor).label("debits"),
        )
        .where(*(condition(row) for condition in where))
        .group_by(*keys)
    )


def _since(
    by: Sequence[str], where: Sequence[Callable[[Any], ColumnElement[bool]]], as_of: int
) -> Select[*tuple[Any, ...]]:
    """What was booked after `as_of`, found by its numbers before anything else is asked of it.

    Were the conditions asked at once, a database might read years of postings to find none.
    """
    row = _late(as_of).c
    keys = [row[name].label(name) for name in by]
    return (
        select(
            *keys,
            (-func.sum(row.minor)).label("minor"),
            (-func.count()).label("postings"),
            (-func.sum(case((row.minor > 0, row.minor), else_=0))).label("debits"),
        )
        .where(*(condition(row) for condition in where))
        .group_by(*keys)
    )


def _late(as_of: int) -> CTE:
    owed = Posting.account == literal_column(f"'{Account.DEFERRED.value}'")
    statement = (
        select(
            Entry.posted_on,
            month_of(Entry.posted_on).label("month"),
            Entry.kind,
            func.coalesce(Entry.frequency, _NONE).label("frequency"),
            func.coalesce(Entry.campaign, _NONE).label("campaign"),
            case((owed, func.coalesce(Entry.cohort, _NONE)), else_=_NONE).label("cohort"),
            Posting.account,
            Posting.currency,
            Posting.fund,
            Posting.amount_minor.label("minor"),
        )
        .select_from(Posting)
        .join(Posting.entry)
        .where(booked_after(as_of))
    )
    return statement.cte("late").prefix_with("MATERIALIZED")
