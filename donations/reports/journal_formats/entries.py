"""The journal read once for every format: entry by entry, or summed by day.

Both stream: a million postings pass through without being held.  What they say is neutral English,
because other programs and other people read it, and names nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from donations.kernel.money import Money
from donations.ledger.chart import Kind
from donations.ledger.codes import Code, income_kind
from donations.ledger.models import Entry, Posting
from donations.reports.sums import sums, within

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.orm import Session

    from donations.reports.table import Question

_AT_ONCE: Final = 500
_SHOWN: Final = (
    *(Entry.number, Entry.posted_on, Entry.source, Entry.kind, Entry.frequency),
    *(Entry.gift_reference, Entry.exchange_rate, Entry.memo),
    *(Posting.account, Posting.currency, Posting.amount_minor, Posting.fund),
)
_WORDS: Final = {
    Kind.GIFT: "Gift",
    Kind.CHARGE_FAILED: "Bounced debit",
    Kind.REFUND: "Refund",
    Kind.REFUND_FAILED: "Failed refund",
    Kind.DISPUTE: "Dispute",
    Kind.DISPUTE_REVERSED: "Dispute won back",
    Kind.STRIPE_FEE: "Stripe fee",
    Kind.ADJUSTMENT: "Stripe adjustment",
    Kind.CONVERSION: "Currency conversion",
    Kind.OTHER: "Movement not explained yet",
    Kind.PAYOUT: "Payout",
    Kind.PAYOUT_FAILED: "Payout returned",
    Kind.BANK_RECEIPT: "Arrival at the bank",
    Kind.RECOGNITION: "Membership benefits given",
    Kind.RELEASE: "Release of a restricted fund",
    Kind.REVERSAL: "Reversal",
}


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line: debit positive, credit negative; `kind` is `gift`, `membership` or None."""

    account: str
    amount: Money
    fund: str
    kind: str | None
    code: Code


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One journal: an entry of the books, or, without a `number`, all of a day in one currency."""

    posted_on: date
    source: str
    memo: str
    lines: tuple[JournalLine, ...]
    number: int | None = None
    gift: str | None = None
    rate: str | None = None

    @property
    def name(self) -> str:
        """A short name nothing else in the journal has."""
        return self.source if self.number is None else str(self.number)


def entries(session: Session, question: Question) -> Iterator[JournalEntry]:
    """The entries of a question by accounting date and number; only the lines it asks for."""
    for page in _pages(session, question):
        statement = (
            select(*_SHOWN)
            .join(Entry.postings)
            .where(Entry.id.in_(page), *_of_postings(question))
            .order_by(Entry.posted_on, Entry.id, Posting.id)
        )
        for _, group in groupby(session.execute(statement).all(), key=lambda row: row.number):
            yield _entry(question, tuple(group))


def days(session: Session, question: Question) -> Iterator[JournalEntry]:
    """The same summed: one journal for each accounting date and currency, from the daily totals."""
    by = ("posted_on", "currency", "account", "frequency", "fund")
    found = sums(session, by, within(question), as_of=question.as_of)
    for (day, currency), group in groupby(found, key=lambda one: one.by[:2]):
        minor: dict[tuple[str, str | None, str], int] = {}
        for one in group:
            account, frequency, fund = one.by[2:]
            key = (account, income_kind(frequency or None), fund)
            minor[key] = minor.get(key, 0) + one.minor
        lines = tuple(
            _line(question, account, Money(total, currency), fund, kind)
            for (account, kind, fund), total in minor.items()
            if total
        )
        if lines:
            name = f"{day:%Y%m%d}-{currency.upper()}"
            memo = f"Reader revenue of {day.isoformat()}, {currency.upper()}"
            yield JournalEntry(day, name, memo, lines)


def _of_entries(question: Question) -> Iterator[ColumnElement[bool]]:
    yield Entry.posted_on.between(question.first_day, question.last_day)
    yield Entry.number <= question.as_of
    if question.kind is not None:
        once = Entry.frequency == "once"
        yield once if question.kind == "gift" else Entry.frequency.is_not(None) & ~once


def _of_postings(question: Question) -> Iterator[ColumnElement[bool]]:
    if question.currency is not None:
        yield Posting.currency == question.currency
    if question.fund is not None:
        yield Posting.fund == question.fund
    if question.subject is not None:
        yield Posting.account == question.subject


def _pages(session: Session, question: Question) -> Iterator[list[int]]:
    """The ids of the entries, some at a time, so that a reader who leaves leaves nothing open.

    Ids are in the order of the numbers, and the index of the dates is in the order of both.
    """
    statement = (
        select(Entry.posted_on, Entry.id)
        .where(*_of_entries(question))
        .order_by(Entry.posted_on, Entry.id)
        .limit(_AT_ONCE)
    )
    found = session.execute(statement).all()
    while found:
        yield [row.id for row in found]
        day, last = found[-1]
        later = (Entry.posted_on > day) | ((Entry.posted_on == day) & (Entry.id > last))
        found = session.execute(statement.where(Entry.posted_on >= day, later)).all()


def _entry(question: Question, rows: Sequence[Row[*tuple[Any, ...]]]) -> JournalEntry:
    head = rows[0]
    lines = tuple(
        _line(
            question,
            row.account,
            Money(row.amount_minor, row.currency),
            row.fund,
            income_kind(row.frequency),
        )
        for row in rows
    )
    said = [_WORDS[Kind(head.kind)], head.gift_reference or ""]
    return JournalEntry(
        posted_on=head.posted_on,
        source=head.source,
        memo=" ".join(filter(None, said)) + (f": {head.memo}" if head.memo else ""),
        lines=lines,
        number=head.number,
        gift=head.gift_reference,
        rate=head.exchange_rate,
    )


def _line(
    question: Question, account: str, amount: Money, fund: str, kind: str | None
) -> JournalLine:
    code = question.codes.of(account, amount.currency, kind, fund)
    return JournalLine(account, amount, fund, kind, code)
