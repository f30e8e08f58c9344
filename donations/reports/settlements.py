"""Entries one by one with what they settled: a week at a time, so that any span can be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import case, func, select

from donations.kernel.money import Money
from donations.ledger.chart import FEE_ACCOUNTS, Account
from donations.ledger.exchanges import SETTLED
from donations.ledger.models import Entry, Posting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from donations.reports.table import Question

_WEEK: Final = timedelta(days=7)
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Settlement:
    """One entry: the reader's side and, in the settlement currency, the gross of it.

    `fee` is what the entry cost, `gain` what exchange rates brought; a loss is negative.
    """

    number: int
    kind: str
    posted_on: date
    gift: str | None
    charged: Money
    rate: str | None
    settled: Money
    fee: Money
    gain: Money


def settlements(
    session: Session,
    question: Question,
    wanted: Callable[[date, date], ColumnElement[bool]],
) -> Iterator[Settlement]:
    """The entries of a question's span that are `wanted` between two days, by accounting date."""
    day = question.first_day
    while day <= question.last_day:
        until = min(day + _WEEK - _ONE_DAY, question.last_day)
        for row in session.execute(_select(question, wanted(day, until))).all():
            yield _settlement(*row)
        day = until + _ONE_DAY


def narrowed(question: Question) -> Iterator[ColumnElement[bool]]:
    """The conditions of a question on entries joined with their postings, but for the span."""
    yield Entry.number <= question.as_of
    if question.currency is not None:
        yield Posting.currency == question.currency


def _select(question: Question, wanted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Entry.number,
            Entry.kind,
            Entry.posted_on,
            Entry.gift_reference,
            Entry.charged_minor,
            Entry.charged_currency,
            Entry.exchange_rate,
            Posting.currency,
            _sum(*SETTLED),
            _sum(*FEE_ACCOUNTS),
            -_sum(Account.EXCHANGE),
        )
        .select_from(Entry)
        .join(Entry.postings)
        .where(wanted, *narrowed(question))
        .group_by(Entry.id, Posting.currency)
        .order_by(Entry.posted_on, Entry.number, Posting.currency)
    )


def _sum(*accounts: Account) -> ColumnElement[int]:
    return func.sum(case((Posting.account.in_(list(accounts)), Posting.amount_minor), else_=0))


def _settlement(
    number: int,
    kind: str,
    posted_on: date,
    gift: str | None,
    charged_minor: int,
    charged_currency: str,
    rate: str | None,
    currency: str,
    settled: int,
    fee: int,
    gained: int,
) -> Settlement:
    return Settlement(
        number=number,
        kind=kind,
        posted_on=posted_on,
        gift=gift,
        charged=Money(charged_minor, charged_currency),
        rate=rate,
        settled=Money(int(settled), currency),
        fee=Money(int(fee), currency),
        gain=Money(int(gained), currency),
    )
