"""Totals of days and months: kept by every booking in its own transaction, rebuilt, compared.

Reports over years read a few thousand totals where they would read millions of postings.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import case, delete, func, insert, literal_column, select

from donations.kernel.database import insert_into
from donations.kernel.months import Month
from donations.ledger import exchanges
from donations.ledger.chart import Account, Kind
from donations.ledger.models import (
    DayTotal,
    Entry,
    ExchangeMonth,
    MethodMonth,
    MonthTotal,
    Posting,
)
from donations.ledger.sums import month_of

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement, FromClause, Select
    from sqlalchemy.orm import Session

    from donations.ledger.drafts import Draft

_KEY: Final = (
    *("posted_on", "account", "currency", "kind", "frequency", "fund", "campaign", "cohort"),
)
_NONE: Final[ColumnElement[str]] = literal_column(
    "''"
)  # a parameter would differ between SELECT and GROUP BY
_MONTH_KEY: Final = ("month", *_KEY[1:])
_SUMS: Final = ("minor", "debit_minor", "entries")
_METHOD_KEY: Final = ("month", "method", "card_country", "currency")
_METHOD_SUMS: Final = ("gifts", "volume_minor", "fee_minor", "tax_minor")


def count_in(session: Session, draft: Draft, posted_on: date) -> None:
    """Add the postings of a draft just booked to the totals of its day and month."""
    about = draft.about
    minor: Counter[tuple[Any, ...]] = Counter()
    debit: Counter[tuple[Any, ...]] = Counter()
    entries: Counter[tuple[Any, ...]] = Counter()
    for line in draft.lines:
        cohort = (about.cohort or "") if line.account is Account.DEFERRED else ""
        key = (
            *(posted_on, line.account.value, line.currency, draft.kind.value),
            *(about.frequency or "", line.fund, about.campaign or "", cohort),
        )
        minor[key] += line.amount_minor
        debit[key] += max(line.amount_minor, 0)
        entries[key] += 1
    rows = [
        dict(zip(_KEY, key, strict=True))
        | {"minor": minor[key], "debit_minor": debit[key], "entries": entries[key]}
        for key in sorted(entries, key=str)
    ]
    _add(session, DayTotal, _KEY, _SUMS, rows)
    month = {"month": str(Month.of_day(posted_on))}
    months = [month | {name: row[name] for name in row if name != "posted_on"} for row in rows]
    _add(session, MonthTotal, _MONTH_KEY, _SUMS, months)
    if exchanged := exchanges.rows_of(draft, posted_on):
        _add(session, ExchangeMonth, exchanges.KEY, exchanges.SUMS, exchanged)
    if draft.kind is Kind.GIFT:
        _add(session, MethodMonth, _METHOD_KEY, _METHOD_SUMS, _by_method(draft, posted_on))


def rebuild(session: Session) -> None:
    """Make all totals anew from the postings, in the caller's transaction."""
    session.execute(delete(DayTotal))
    session.execute(delete(MonthTotal))
    session.execute(delete(ExchangeMonth))
    session.execute(delete(MethodMonth))
    session.execute(insert(DayTotal).from_select([*_KEY, *_SUMS], _totals()))
    months = _months(DayTotal.__table__)
    session.execute(insert(MonthTotal).from_select([*_MONTH_KEY, *_SUMS], months))
    exchanged = exchanges.exchange_totals(exchanges.is_exchanged())
    session.execute(insert(ExchangeMonth).from_select([*exchanges.KEY, *exchanges.SUMS], exchanged))
    by_method = [*_METHOD_KEY, *_METHOD_SUMS]
    session.execute(insert(MethodMonth).from_select(by_method, _method_totals()))


def days_that_differ(session: Session) -> list[date]:
    """The accounting dates whose totals are not what their postings sum to; none when all is well.

    A month whose total is wrong is told by its first.  Compares in the database, both ways, and
    brings only the dates here.
    """
    found: set[date] = set()
    for table, truth in (
        (DayTotal, _totals()),
        (MonthTotal, _months(_totals().subquery())),
        (ExchangeMonth, exchanges.exchange_totals(exchanges.is_exchanged())),
        (MethodMonth, _method_totals()),
    ):
        kept = select(*table.__table__.columns).subquery()
        real = truth.subquery()
        for one, other in ((kept, real), (real, kept)):
            rest = select(one).except_(select(other)).subquery()
            found.update(map(_day, session.scalars(select(rest.c[0]).distinct())))
    return sorted(found)


def _day(found: date | str) -> date:
    return Month.parse(found).first_day if isinstance(found, str) else found


def _by_method(draft: Draft, posted_on: date) -> list[dict[str, Any]]:
    sums: Counter[str] = Counter()
    for line in draft.lines:
        sums[line.account.value] += line.amount_minor
    about = draft.about
    return [
        {
            "month": str(Month.of_day(posted_on)),
            "method": about.method or "unknown",
            "card_country": about.card_country or "",
            "currency": draft.lines[0].currency,
            "gifts": 1,
            "volume_minor": -sums[Account.INCOME] - sums[Account.DEFERRED],
            "fee_minor": sums[Account.FEES],
            "tax_minor": sums[Account.FEE_TAX],
        }
    ]


def _add(
    session: Session,
    table: type[DayTotal | MonthTotal | ExchangeMonth | MethodMonth],
    key: tuple[str, ...],
    sums: tuple[str, ...],
    rows: list[dict[str, Any]],
) -> None:
    statement = insert_into(session, table).values(rows)
    added = {name: getattr(table, name) + statement.excluded[name] for name in sums}
    session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=added))


def _totals() -> Select[*tuple[Any, ...]]:
    owed = Posting.account == literal_column(f"'{Account.DEFERRED.value}'")
    keys = (
        Entry.posted_on,
        Posting.account,
        Posting.currency,
        Entry.kind,
        func.coalesce(Entry.frequency, _NONE).label("frequency"),
        Posting.fund,
        func.coalesce(Entry.campaign, _NONE).label("campaign"),
        case((owed, func.coalesce(Entry.cohort, _NONE)), else_=_NONE).label("cohort"),
    )
    debit = case((Posting.amount_minor > 0, Posting.amount_minor), else_=0)
    sums = (
        func.sum(Posting.amount_minor).label("minor"),
        func.sum(debit).label("debit_minor"),
        func.count().label("entries"),
    )
    return select(*keys, *sums).join(Posting.entry).group_by(*keys)


def _months(days: FromClause) -> Select[*tuple[Any, ...]]:
    """Totals of days, a month at a time."""
    row = days.c
    month = month_of(row.posted_on)
    same = [row[name] for name in _KEY[1:]]
    sums = [func.sum(row[name]).label(name) for name in _SUMS]
    return select(month.label("month"), *same, *sums).group_by(month, *same)


def _method_totals() -> Select[*tuple[Any, ...]]:
    keys = (
        month_of(Entry.posted_on).label("month"),
        func.coalesce(Entry.method, literal_column("'unknown'")).label("method"),
        func.coalesce(Entry.card_country, _NONE).label("card_country"),
        Posting.currency,
    )

    def parts(*accounts: Account) -> ColumnElement[int]:
        return func.sum(case((Posting.account.in_(list(accounts)), Posting.amount_minor), else_=0))

    return (
        select(
            *keys,
            func.count(Entry.id.distinct()).label("gifts"),
            (-parts(Account.INCOME, Account.DEFERRED)).label("volume_minor"),
            parts(Account.FEES).label("fee_minor"),
            parts(Account.FEE_TAX).label("tax_minor"),
        )
        .join(Posting.entry)
        .where(Entry.kind == Kind.GIFT)
        .group_by(*keys)
    )
