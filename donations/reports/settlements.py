"""Entries one by one with what they settled: a page at a time, so that any span can be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, case, func, or_, select

from donations.kernel.money import Money
from donations.ledger.chart import FEE_ACCOUNTS, Account
from donations.ledger.exchanges import SETTLED
from donations.ledger.models import Entry, Posting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from donations.reports.table import Question

PAGE: Final = 520
"""Entries read at once: what a page of the office shows, and some more."""

Place = tuple[date, int, int]
"""Where an entry stands in the order of a report, by accounting date and number; then its id."""


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


def in_order(session: Session, question: Question, *wanted: ColumnElement[bool]) -> Iterator[Place]:
    """The places of the entries of a question's span that are `wanted`.

    Each page begins behind the last, so a reader who leaves leaves nothing open, and the first
    costs the same whatever follows.
    """
    statement = (
        select(Entry.posted_on, Entry.number, Entry.id)
        .where(*wanted, Entry.posted_on <= question.last_day, Entry.number <= question.as_of)
        .order_by(Entry.posted_on, Entry.number)
        .limit(PAGE)
    )
    behind = Entry.posted_on >= question.first_day
    while found := session.execute(statement.where(behind)).all():
        for row in found:
            yield row.posted_on, row.number, row.id
        if len(found) < PAGE:
            return
        day, number, _id = found[-1]
        same_day = or_(Entry.posted_on > day, Entry.number > number)
        behind = and_(Entry.posted_on >= day, same_day)


def settlements(
    session: Session, question: Question, places: Iterable[Place]
) -> Iterator[Settlement]:
    """What the entries of some places settled, in their order."""
    left = iter(places)
    while page := [entry_id for _day, _number, entry_id in islice(left, PAGE)]:
        for row in session.execute(_select(question, Entry.id.in_(page))).all():
            yield _settlement(*row)


def _select(question: Question, wanted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    statement = (
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
        .where(wanted)
        .group_by(Entry.id, Posting.currency)
        .order_by(Entry.posted_on, Entry.number, Posting.currency)
    )
    if question.currency is not None:
        statement = statement.where(Posting.currency == question.currency)
    return statement


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
