"""The journal for Beancount 3, which proves it: assertions of every balance stand at its end.

Syntax: https://beancount.github.io/docs/beancount_language_syntax.html.  An assertion tolerates a
whole last digit unless told otherwise (https://beancount.github.io/docs/precision_tolerances.html),
so ours say `~ 0`.  It holds at the beginning of its day, so ours stand on the day after.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from donations.reports.journal_formats.plain_accounts import OPENING, Chart, chart
from donations.reports.journal_formats.texts import amount_text, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from donations.reports.journal_formats.entries import JournalEntry
    from donations.reports.journal_formats.plain_accounts import Standing
    from donations.reports.table import Question

_NOT_OF_LINKS: Final = re.compile(r"[^A-Za-z0-9_/.-]")


def beancount(
    session: Session, question: Question, journal: Iterable[JournalEntry]
) -> Iterator[str]:
    """The file in pieces; `journal` are the entries of the same question."""
    accounts = chart(session, question)
    eve = question.first_day - timedelta(days=1)
    yield f'option "title" "Reader revenue, {question.first} to {question.last}"\n'
    for currency in accounts.currencies:
        yield f'option "operating_currency" "{currency.upper()}"\n'
    yield "\n"
    yield from _opened(accounts, eve)
    yield from _carried(accounts, eve)
    for entry in journal:
        yield _transaction(entry, accounts)
    yield "\n"
    after = question.last_day + timedelta(days=1)
    for name, money in accounts.closings():
        closing = f"{money.decimal:f} ~ 0 {money.currency.upper()}"
        yield f"{after.isoformat()} balance {name}  {closing}\n"


def quoted(text: str) -> str:
    """A text as a string of the language, on one line."""
    return '"' + one_line(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _opened(accounts: Chart, day: date) -> Iterator[str]:
    for name, standings in accounts.accounts():
        currencies = ",".join(one.currency.upper() for one in standings)
        yield f"{day.isoformat()} open {name} {currencies}\n"
        yield from _codes(standings)
        if standings[0].fund:
            yield f"  fund: {quoted(standings[0].fund)}\n"
    if accounts.openings():
        yield f"{day.isoformat()} open {OPENING}\n"


def _codes(standings: Sequence[Standing]) -> Iterator[str]:
    codes = {one.code for one in standings}
    if len(codes) == 1:
        yield f"  code: {quoted(codes.pop())}\n"
        return
    for one in standings:
        yield f"  code-{one.currency}: {quoted(one.code)}\n"


def _carried(accounts: Chart, day: date) -> Iterator[str]:
    lines = accounts.openings()
    if lines:
        yield f'\n{day.isoformat()} * "Balances brought forward"\n'
        for name, money in lines:
            yield f"  {name}  {amount_text(money)}\n"


def _transaction(entry: JournalEntry, accounts: Chart) -> str:
    link = f" ^gift-{_NOT_OF_LINKS.sub('-', entry.gift)}" if entry.gift else ""
    lines = [f"\n{entry.posted_on.isoformat()} * {quoted(entry.memo)}{link}"]
    if entry.number is not None:
        lines.append(f"  entry: {entry.number}")
        lines.append(f"  source: {quoted(entry.source)}")
    if entry.rate:
        lines.append(f"  rate: {quoted(entry.rate)}")
    lines += [f"  {accounts.name_of(line)}  {amount_text(line.amount)}" for line in entry.lines]
    return "\n".join(lines) + "\n"
