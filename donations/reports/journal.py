"""The journal: every line of every entry, as an accountant's books would take it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from flask_babel import lazy_gettext as _

from donations.kernel.money import Money
from donations.kernel.months import Month
from donations.reports.journal_formats.entries import entries
from donations.reports.sums import sums, within
from donations.reports.table import Column, Definition, Link, Report, Row, Section, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from donations.reports.journal_formats.entries import JournalEntry, JournalLine
    from donations.reports.table import Cell, Question


def build(session: Session, question: Question) -> Report:
    """The lines stream by accounting date and number; their sums are asked of the database."""
    return Report((lines_of(entries(session, question)), _totals(session, question)))


def lines_of(journal: Iterable[JournalEntry]) -> Section:
    """The lines of entries, or of days, as a table."""
    return Section("journal", _("Journal"), _COLUMNS, _rows(journal))


def _rows(journal: Iterable[JournalEntry]) -> Iterator[Row]:
    for entry in journal:
        links = {"gift": Link("gift", {"public_id": entry.gift})} if entry.gift else {}
        for line in entry.lines:
            yield Row(_cells(entry, line), links)


def _cells(entry: JournalEntry, line: JournalLine) -> tuple[Cell, ...]:
    return (
        str(Month.of_day(entry.posted_on)),
        "" if entry.number is None else str(entry.number),
        entry.posted_on,
        line.code.code,
        line.code.name,
        line.amount if line.amount.minor > 0 else None,
        -line.amount if line.amount.minor < 0 else None,
        line.amount.currency.upper(),
        _rate(entry.rate),
        line.fund,
        "",
        entry.memo,
        entry.source,
        entry.gift,
    )


def _rate(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        return None


def _totals(session: Session, question: Question) -> Section:
    """Debits and credits; of whole entries they must be the same."""
    whole = question.fund is None and question.subject is None

    def rows() -> Iterator[Row]:
        for one in sums(session, ("currency",), *_asked(question), as_of=question.as_of):
            currency = one.by[0]
            amounts = (one.debits, one.debits - one.minor, one.minor)
            money = tuple(Money(minor, currency) for minor in amounts)
            yield Row((currency.upper(), one.postings, *money), strong=True)

    last = (
        Column("difference", _("Difference"), Shape.DIFFERENCE)
        if whole
        else Column("balance", _("Debits less credits"), Shape.MONEY)
    )
    return Section("journal_totals", _("Debits and credits"), (*_TOTALS, last), rows())


def _asked(question: Question) -> Iterator[Callable[[Any], ColumnElement[bool]]]:
    """The conditions of a question on totals, `subject` being an account."""
    yield within(question)
    if question.subject is not None:
        yield lambda row: row.account == question.subject
    if question.kind == "gift":
        yield lambda row: row.frequency == "once"
    elif question.kind is not None:
        yield lambda row: row.frequency.not_in(["", "once"])


_COLUMNS: Final = (
    Column("batch", _("Month"), Shape.MONTH),
    Column("entry", _("Entry")),
    Column("date", _("Date"), Shape.DAY),
    Column("code", _("Code")),
    Column("account", _("Account")),
    Column("debit", _("Debit"), Shape.MONEY),
    Column("credit", _("Credit"), Shape.MONEY),
    Column("currency", _("Currency")),
    Column("rate", _("Rate"), Shape.RATE),
    Column("fund", _("Fund")),
    Column("tax_code", _("Tax code")),
    Column("memo", _("Memo")),
    Column("source", _("Source")),
    Column("gift", _("Gift")),
)
_TOTALS: Final = (
    Column("currency", _("Currency")),
    Column("lines", _("Lines"), Shape.COUNT),
    Column("debit", _("Debit"), Shape.MONEY),
    Column("credit", _("Credit"), Shape.MONEY),
)

JOURNAL: Final = Definition(
    number=5,
    name="journal",
    title=_("Journal"),
    definition=_(
        "Every line of every entry by accounting date, in the currency it settled in. Nothing is"
        " ever changed: what was wrong is reversed by an entry of its own."
    ),
    build=build,
    filters=("currency", "fund", "kind", "subject"),
    in_pack=True,
    frozen=False,
)
