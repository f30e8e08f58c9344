"""The journal for hledger, which proves it: a last transaction asserts every balance.

Syntax: https://hledger.org/hledger.html#journal (directives; balance assertions: `0 USD = 12.50
USD` posts nothing and asserts exactly).  Accounts and commodities are declared, so that
`hledger check --strict` passes; the commodities say how many decimals a currency has.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from donations.kernel.money import Money, currency_of
from donations.reports.journal_formats.plain_accounts import OPENING, Chart, chart
from donations.reports.journal_formats.texts import amount_text, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session

    from donations.reports.journal_formats.entries import JournalEntry, JournalLine
    from donations.reports.table import Question


def hledger(session: Session, question: Question, journal: Iterable[JournalEntry]) -> Iterator[str]:
    """The file in pieces; `journal` are the entries of the same question."""
    accounts = chart(session, question)
    eve = question.first_day - timedelta(days=1)
    yield f"; Reader revenue, {question.first} to {question.last}\n\ndecimal-mark .\n"
    for currency in accounts.currencies:
        decimals = "0" * currency_of(currency).exponent
        yield f"commodity 1000.{decimals} {currency.upper()}\n"
    yield from _declared(accounts)
    carried = accounts.openings()
    if carried:
        yield f"\n{eve.isoformat()} * Balances brought forward\n"
        for name, money in carried:
            yield _posting(name, amount_text(money))
    for entry in journal:
        yield _transaction(entry, accounts)
    if accounts.standings:
        yield f"\n{question.last_day.isoformat()} * Balances\n"
    for name, money in accounts.closings():
        nothing = amount_text(Money(0, money.currency))
        yield _posting(name, f"{nothing} = {amount_text(money)}")


def _declared(accounts: Chart) -> Iterator[str]:
    yield "\n"
    for name, standings in accounts.accounts():
        codes = sorted({one.code for one in standings})
        tags = [f"code:{_value(' '.join(codes))}"]
        if standings[0].fund:
            tags.append(f"fund:{_value(standings[0].fund)}")
        yield f"account {name}  ; {', '.join(tags)}\n"
    if accounts.openings():
        yield f"account {OPENING}\n"


def _transaction(entry: JournalEntry, accounts: Chart) -> str:
    # A semicolon would begin a comment, a bar would part payee from note.
    said = one_line(entry.memo).replace(";", ",").replace("|", "/")
    tags = [f"source:{_value(entry.source)}"]
    if entry.gift:
        tags.append(f"gift:{_value(entry.gift)}")
    if entry.rate:
        tags.append(f"rate:{_value(entry.rate)}")
    head = f"\n{entry.posted_on.isoformat()} * ({entry.name}) {said}  ; {', '.join(tags)}\n"
    return head + "".join(_line(line, accounts) for line in entry.lines)


def _line(line: JournalLine, accounts: Chart) -> str:
    return _posting(accounts.name_of(line), amount_text(line.amount))


def _posting(name: str, amount: str) -> str:
    return f"    {name}  {amount}\n"


def _value(text: str) -> str:
    """A tag's value, which a comma would end."""
    return one_line(text.replace(",", " ").replace(";", " "))
