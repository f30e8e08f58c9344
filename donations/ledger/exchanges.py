"""Totals of the entries exchange rates touched, by month and pair of currencies.

An entry counts if Stripe converted it, or if, not being a gift, it moved what rates made of it: a
gift is income at the rate it settled at.  As with the other totals, what was booked after an entry
is read from the postings and taken off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, case, exists, func, or_, select, union_all
from sqlalchemy.orm import aliased

from donations.kernel.months import Month
from donations.ledger.chart import FEE_ACCOUNTS, Account, Kind
from donations.ledger.models import Entry, ExchangeMonth, Posting
from donations.ledger.sums import booked_after, month_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sqlalchemy import CTE, ColumnElement, Select
    from sqlalchemy.orm import Session

    from donations.ledger.drafts import Draft

KEY: Final = ("month", "charged_currency", "currency")
SUMS: Final = ("entries", "charged_minor", "settled_minor", "gain_minor")
SETTLED: Final = (Account.STRIPE_BALANCE, *FEE_ACCOUNTS)


@dataclass(frozen=True, slots=True)
class ExchangeSum:
    """The entries of one month and pair of currencies; minor units of each, settled before fees."""

    month: str
    charged_currency: str
    currency: str
    entries: int
    charged: int
    settled: int
    gain: int


def rows_of(draft: Draft, posted_on: date) -> list[dict[str, Any]]:
    """What a draft adds to the totals: nothing unless exchange rates touched it."""
    touched = any(line.account is Account.EXCHANGE for line in draft.lines)
    if draft.exchange_rate is None and (draft.kind is Kind.GIFT or not touched):
        return []
    return [
        {
            "month": str(Month.of_day(posted_on)),
            "charged_currency": draft.charged.currency,
            "currency": currency,
            "entries": 1,
            "charged_minor": draft.charged.minor,
            "settled_minor": _sum_of(draft, currency, SETTLED),
            "gain_minor": -_sum_of(draft, currency, (Account.EXCHANGE,)),
        }
        for currency in sorted({line.currency for line in draft.lines})
    ]


def is_exchanged() -> ColumnElement[bool]:
    """Entries that count: the converted ones, found by an index of their own, and the others."""
    rated = aliased(Entry)
    converted = select(rated.id).where(rated.exchange_rate.is_not(None))
    return Entry.id.in_(union_all(converted, select(unrated().c.id)))


def unrated() -> CTE:
    """Entries that count without a rate: their `id`, `posted_on` and `number`.

    Found from the few postings on the account before anything else is asked of them.
    """
    entry, line = aliased(Entry), aliased(Posting)
    statement = (
        select(entry.id, entry.posted_on, entry.number)
        .join(line, line.entry_id == entry.id)
        .where(line.account == Account.EXCHANGE)
        .where(entry.kind != Kind.GIFT, entry.exchange_rate.is_(None))
        .distinct()
    )
    return statement.cte("unrated").prefix_with("MATERIALIZED")


def exchange_totals(*where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The totals read from the entries that count and fulfil `where`: the key, then the sums."""
    once = (
        select(
            month_of(Entry.posted_on).label("month"),
            Entry.charged_currency.label("charged_currency"),
            Posting.currency.label("currency"),
            Entry.charged_minor.label("charged_minor"),
            _sum(SETTLED).label("settled_minor"),
            (-_sum((Account.EXCHANGE,))).label("gain_minor"),
        )
        .select_from(Entry)
        .join(Entry.postings)
        .where(*where)
        .group_by(Entry.id, Posting.currency)
        .subquery()
    )
    keys = [once.c[name] for name in KEY]
    sums = [func.sum(once.c[name]).label(name) for name in SUMS[1:]]
    return select(*keys, func.count().label("entries"), *sums).group_by(*keys)


def exchange_sums(
    session: Session, first: Month, last: Month, *, currency: str | None, as_of: int
) -> Iterator[ExchangeSum]:
    """The totals of some months, by month and currencies, as the books stood at an entry."""
    kept = select(*(getattr(ExchangeMonth, name) for name in (*KEY, *SUMS))).where(
        ExchangeMonth.month.between(str(first), str(last))
    )
    since = select(Entry.id).where(booked_after(as_of)).cte("since").prefix_with("MATERIALIZED")
    late = exchange_totals(
        Entry.id.in_(select(since.c.id)),
        Entry.posted_on.between(first.first_day, last.last_day),
        _counts(),
    ).subquery()
    off = select(*(late.c[name] for name in KEY), *((-late.c[name]).label(name) for name in SUMS))
    together = union_all(kept, off).subquery()
    keys = [together.c[name] for name in KEY]
    statement = select(*keys, *(func.sum(together.c[name]) for name in SUMS))
    if currency is not None:
        statement = statement.where(together.c.currency == currency)
    for month, charged_in, settled_in, *found in session.execute(
        statement.group_by(*keys).order_by(*keys)
    ):
        entries, charged, settled, gain = (int(each) for each in found)
        if entries:
            yield ExchangeSum(month, charged_in, settled_in, entries, charged, settled, gain)


def _counts() -> ColumnElement[bool]:
    """Whether an entry at hand counts."""
    line = aliased(Posting)
    touches = exists().where(line.entry_id == Entry.id, line.account == Account.EXCHANGE)
    return or_(Entry.exchange_rate.is_not(None), and_(Entry.kind != Kind.GIFT, touches))


def _sum_of(draft: Draft, currency: str, accounts: tuple[Account, ...]) -> int:
    return sum(
        line.amount_minor
        for line in draft.lines
        if line.currency == currency and line.account in accounts
    )


def _sum(accounts: tuple[Account, ...]) -> ColumnElement[int]:
    return func.sum(case((Posting.account.in_(list(accounts)), Posting.amount_minor), else_=0))
