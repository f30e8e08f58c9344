"""The journal as QuickBooks Online imports journal entries: at most 1,000 rows in a file.

Sources: Intuit, "Import journal entries"
(https://quickbooks.intuit.com/learn-support/en-au/help-article/import-export-files/import-journal-entries-quickbooks-online/L4tQBwbs7_AU_en_AU:
the columns, which are mapped while importing; accounts by name, account numbers turned off;
classes if class tracking is on) and https://www.importcsv.com/blog/quickbooks-csv-import (1,000
rows).  Rows with the same number are one journal, which is in one currency.  Dates are MM/DD/YYYY.
Another currency than the company's own needs multicurrency turned on there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.reports.journal_formats.parts import csv_parts
from donations.reports.journal_formats.texts import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from donations.reports.journal_formats.entries import JournalEntry, JournalLine
    from donations.reports.journal_formats.parts import Part
    from donations.reports.spreadsheet import Cell
    from donations.reports.table import Question

MOST_ROWS: Final = 1000
HEADER: Final = (
    *("JournalNo", "JournalDate", "Currency", "Memo", "AccountName", "Debits", "Credits"),
    *("Description", "Name", "Location", "Class"),
)


def quickbooks(
    question: Question, journal: Iterable[JournalEntry], funds: Mapping[str, str]
) -> Iterator[Part]:
    """The files; `funds` are the names of funds by code, which become classes."""
    name = f"quickbooks-{question.first}-{question.last}"
    journals = (_rows(entry, lines, funds) for entry in journal for lines in _by_currency(entry))
    yield from csv_parts(name, HEADER, journals, MOST_ROWS)


def _by_currency(entry: JournalEntry) -> Iterator[list[JournalLine]]:
    for currency in sorted({line.amount.currency for line in entry.lines}):
        yield [line for line in entry.lines if line.amount.currency == currency]


def _rows(
    entry: JournalEntry, lines: Iterable[JournalLine], funds: Mapping[str, str]
) -> Sequence[Sequence[Cell]]:
    return [
        (
            entry.name,
            f"{entry.posted_on:%m/%d/%Y}",
            line.amount.currency.upper(),
            one_line(entry.memo),
            one_line(line.code.name),
            line.amount.decimal if line.amount.minor > 0 else None,
            (-line.amount).decimal if line.amount.minor < 0 else None,
            one_line(f"{line.code.code} {entry.source}"),
            "",
            "",
            one_line(funds.get(line.fund, line.fund)),
        )
        for line in lines
    ]
