"""The formats the journal can be had in, and a file in one of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from donations.giving.fund_models import Fund
from donations.reports.files import csv_pieces
from donations.reports.journal import lines_of
from donations.reports.journal_formats.beancount import beancount
from donations.reports.journal_formats.entries import JournalEntry, days, entries
from donations.reports.journal_formats.hledger import hledger
from donations.reports.journal_formats.parts import archive
from donations.reports.journal_formats.quickbooks import quickbooks
from donations.reports.journal_formats.xero import TAX_RATE, xero
from donations.reports.sums import sums, within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy.orm import Session

    from donations.reports.journal_formats.parts import Part
    from donations.reports.table import Question


class Detail(StrEnum):
    """How fine a journal is."""

    ENTRIES = "entries"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Wish:
    """How somebody wants a journal; `tax_rate` is Xero's name of the rate of every line."""

    detail: Detail | None = None
    tax_rate: str = TAX_RATE


@dataclass(frozen=True, slots=True)
class Export:
    """A file to be written: what it is called, and its bytes, read with the session given."""

    file_name: str
    content_type: str
    write: Callable[[Session], Iterator[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A way to write the journal, and how fine it is unless somebody wishes otherwise."""

    name: str
    title: str
    note: str
    detail: Detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Format):
    """A format that is one text of any length."""

    ending: str
    pieces: Callable[[Session, Question, Detail], Iterator[str]]

    def export(self, question: Question, stem: str, wish: Wish) -> Export:
        """The text as a file."""
        kind = "text/csv" if self.ending == "csv" else "text/plain"
        detail = wish.detail or self.detail
        return Export(
            f"{stem}.{self.ending}",
            f"{kind}; charset=utf-8",
            lambda session: (piece.encode() for piece in self.pieces(session, question, detail)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Files(Format):
    """A format of CSV files of limited length; several of them come as a ZIP."""

    parts: Callable[[Session, Question, Detail, str], Iterator[Part]]

    def export(self, session: Session, question: Question, stem: str, wish: Wish) -> Export:
        """The file, or the archive of the files; which of them is read from the books."""

        def parts(reading: Session) -> Iterator[Part]:
            return self.parts(reading, question, wish.detail or self.detail, wish.tax_rate)

        if len(list(islice(parts(session), 2))) > 1:
            return Export(
                f"{stem}.zip",
                "application/zip",
                lambda reading: archive(parts(reading), question.last_day),
            )
        return Export(
            f"{stem}.csv",
            "text/csv; charset=utf-8",
            lambda reading: (part.text.encode() for part in parts(reading)),
        )


def export(session: Session, question: Question, name: str, wish: Wish) -> Export:
    """The journal of a question in the format called `name`; of its filters, currency counts.

    What needs several files comes as a ZIP.  Raises `KeyError` for a format we do not have.
    """
    chosen = FORMATS[name]
    asked = replace(question, fund=None, kind=None, subject=None)
    stem = f"journal-{asked.first}-{asked.last}-{name}"
    if isinstance(chosen, Text):
        return chosen.export(asked, stem, wish)
    return chosen.export(session, asked, stem, wish)


def _journal(session: Session, question: Question, detail: Detail) -> Iterator[JournalEntry]:
    return (entries if detail is Detail.ENTRIES else days)(session, question)


def _generic(session: Session, question: Question, detail: Detail) -> Iterator[str]:
    return csv_pieces(lines_of(_journal(session, question, detail)), None)


def _beancount(session: Session, question: Question, detail: Detail) -> Iterator[str]:
    return beancount(session, question, _journal(session, question, detail))


def _hledger(session: Session, question: Question, detail: Detail) -> Iterator[str]:
    return hledger(session, question, _journal(session, question, detail))


def _xero(session: Session, question: Question, detail: Detail, tax_rate: str) -> Iterator[Part]:
    return xero(
        question,
        _currencies(session, question),
        lambda narrowed: _journal(session, narrowed, detail),
        _fund_names(session),
        tax_rate,
    )


def _quickbooks(session: Session, question: Question, detail: Detail, _rate: str) -> Iterator[Part]:
    return quickbooks(question, _journal(session, question, detail), _fund_names(session))


def _currencies(session: Session, question: Question) -> Iterable[str]:
    found = sums(session, ("currency",), within(question), as_of=question.as_of)
    return [one.by[0] for one in found] or [question.currency or "none"]


def _fund_names(session: Session) -> dict[str, str]:
    return {fund.code: fund.name for fund in session.scalars(select(Fund))}


_KNOWN: Final[tuple[Text | Files, ...]] = (
    Files(
        name="xero",
        title="Xero",
        note=_(
            "Manual journals, imported as drafts: files of at most 300 lines, one currency each,"
            " because a manual journal is in the organisation’s own currency."
        ),
        detail=Detail.DAYS,
        parts=_xero,
    ),
    Files(
        name="quickbooks",
        title="QuickBooks Online",
        note=_(
            "Journal entries, in files of at most 1,000 rows. Turn account numbers off while"
            " importing, and multicurrency on if there is more than one currency."
        ),
        detail=Detail.DAYS,
        parts=_quickbooks,
    ),
    Text(
        name="csv",
        title="CSV",
        note=_("Every line with debit and credit, the rows of the journal report."),
        detail=Detail.ENTRIES,
        ending="csv",
        pieces=_generic,
    ),
    Text(
        name="beancount",
        title="Beancount",
        note=_("Plain text; bean-check proves that every balance is the one in the books."),
        detail=Detail.ENTRIES,
        ending="beancount",
        pieces=_beancount,
    ),
    Text(
        name="hledger",
        title="hledger",
        note=_("Plain text; hledger check proves that every balance is the one in the books."),
        detail=Detail.ENTRIES,
        ending="journal",
        pieces=_hledger,
    ),
)
FORMATS: Final = {each.name: each for each in _KNOWN}
"""Every format by its name."""
