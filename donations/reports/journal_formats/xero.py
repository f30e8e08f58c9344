"""The journal as Xero imports manual journals: draft journals, at most 300 lines in a file.

Source: https://help.xero.com/nz/ManualJournalsImport (columns; "up to 300 lines in one template
file"; lines with the same narration and date are one journal; dd/mm/yyyy; a negative amount is a
credit; AccountCode is the number alone; TaxRate is the full name of a rate of the organisation).
A manual journal has no currency: it is in the organisation's own.  So each currency has its own
files, for the organisation that keeps its books in it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from donations.reports.journal_formats.parts import csv_parts
from donations.reports.journal_formats.texts import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from donations.reports.journal_formats.entries import JournalEntry
    from donations.reports.journal_formats.parts import Part
    from donations.reports.spreadsheet import Cell
    from donations.reports.table import Question

MOST_LINES: Final = 300
TAX_RATE: Final = "Tax Exempt"
HEADER: Final = (
    *("*Narration", "*Date", "Description", "*AccountCode", "*TaxRate", "*Amount"),
    *("TrackingName1", "TrackingOption1", "TrackingName2", "TrackingOption2"),
)
_LONGEST_NARRATION: Final = 200
_FUND: Final = "Fund"


def xero(
    question: Question,
    currencies: Iterable[str],
    journal: Callable[[Question], Iterable[JournalEntry]],
    funds: Mapping[str, str],
    tax_rate: str,
) -> Iterator[Part]:
    """The files, one currency after the other; `funds` are the names of funds by code."""
    for currency in currencies:
        narrowed = replace(question, currency=currency)
        name = f"xero-{question.first}-{question.last}-{currency}"
        lines = (_lines(entry, funds, tax_rate) for entry in journal(narrowed))
        yield from csv_parts(name, HEADER, lines, MOST_LINES)


def _lines(
    entry: JournalEntry, funds: Mapping[str, str], tax_rate: str
) -> Sequence[Sequence[Cell]]:
    number = "" if entry.number is None else f" (entry {entry.number})"
    narration = one_line(entry.memo)[:_LONGEST_NARRATION] + number
    return [
        (
            narration,
            f"{entry.posted_on:%d/%m/%Y}",
            one_line(line.code.name),
            line.code.code,
            one_line(tax_rate),
            line.amount.decimal,
            _FUND if line.fund else "",
            one_line(funds.get(line.fund, line.fund)),
            "",
            "",
        )
        for line in entry.lines
    ]
