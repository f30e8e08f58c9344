"""Sums of gifts by way of paying and country of the card, as the books stood at an entry.

As in `reports.sums`: from the monthly totals, less what was booked after the entry `as_of`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import case, func, literal_column, select, union_all

from donations.ledger.chart import Account, Kind
from donations.ledger.models import Entry, MethodMonth, Posting
from donations.ledger.sums import booked_after

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import CTE, ColumnElement, Select
    from sqlalchemy.orm import Session

    from donations.reports.table import Question

_NONE: Final[ColumnElement[str]] = literal_column("''")
_KEYS: Final = ("currency", "method", "card_country")
_SUMS: Final = ("gifts", "volume", "fee", "tax")


@dataclass(frozen=True, slots=True)
class MethodSum:
    """The gifts of one currency, way of paying and country: minor units, fees positive."""

    currency: str
    method: str
    card_country: str
    gifts: int
    volume: int
    fee: int
    tax: int


def method_sums(session: Session, question: Question) -> Iterator[MethodSum]:
    """The groups that have a gift in the span, by currency, way of paying and country."""
    together = union_all(_kept(question), _since(question)).subquery()
    keys = [together.c[name] for name in _KEYS]
    statement = (
        select(*keys, *(func.sum(together.c[name]) for name in _SUMS))
        .group_by(*keys)
        .order_by(*keys)
    )
    for currency, method, country, *found in session.execute(statement):
        gifts, volume, fee, tax = (int(each) for each in found)
        if gifts:
            yield MethodSum(currency, method, country, gifts, volume, fee, tax)


def _kept(question: Question) -> Select[*tuple[Any, ...]]:
    statement = select(
        *(getattr(MethodMonth, name) for name in _KEYS),
        func.sum(MethodMonth.gifts).label("gifts"),
        func.sum(MethodMonth.volume_minor).label("volume"),
        func.sum(MethodMonth.fee_minor).label("fee"),
        func.sum(MethodMonth.tax_minor).label("tax"),
    ).where(MethodMonth.month.between(str(question.first), str(question.last)))
    if question.currency is not None:
        statement = statement.where(MethodMonth.currency == question.currency)
    return statement.group_by(*(getattr(MethodMonth, name) for name in _KEYS))


def _since(question: Question) -> Select[*tuple[Any, ...]]:
    """What was booked after `as_of`, to be taken off; found by its numbers before all else."""
    row = _late(question.as_of).c
    statement = select(
        row.currency,
        row.method,
        row.card_country,
        (-func.count(row.id.distinct())).label("gifts"),
        _parts(row, Account.INCOME, Account.DEFERRED).label("volume"),
        (-_parts(row, Account.FEES)).label("fee"),
        (-_parts(row, Account.FEE_TAX)).label("tax"),
    ).where(row.kind == Kind.GIFT, row.posted_on.between(question.first_day, question.last_day))
    if question.currency is not None:
        statement = statement.where(row.currency == question.currency)
    return statement.group_by(row.currency, row.method, row.card_country)


def _late(as_of: int) -> CTE:
    statement = (
        select(
            Entry.id,
            Entry.kind,
            Entry.posted_on,
            func.coalesce(Entry.method, literal_column("'unknown'")).label("method"),
            func.coalesce(Entry.card_country, _NONE).label("card_country"),
            Posting.account,
            Posting.currency,
            Posting.amount_minor,
        )
        .join(Posting.entry)
        .where(booked_after(as_of))
    )
    return statement.cte("late").prefix_with("MATERIALIZED")


def _parts(row: Any, *accounts: Account) -> ColumnElement[int]:  # noqa: ANN401 - a query's columns
    return func.sum(case((row.account.in_(list(accounts)), row.amount_minor), else_=0))
