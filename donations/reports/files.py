"""A report as files: CSV with its own footer, and a workbook with a sheet for each table.

Both take the very rows the screen shows.  The footer says what was counted, by whose clocks, as of
when, and the digest of everything above it.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from donations.kernel.money import Money, currency_of
from donations.reports.spreadsheet import Cell as PlainCell
from donations.reports.spreadsheet import spreadsheet
from donations.reports.table import Shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from donations.reports.table import Cell, Definition, Question, Report, Row, Section

_SHEET_NAME_LONGEST: Final = 31
_WIDTHS: Final = {Shape.MOMENT: 20, Shape.TEXT: 18, Shape.WORD: 18}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a file comes from: which report, asked what, of whose books."""

    definition: Definition
    question: Question
    newsroom: str

    def notes(self) -> Iterator[tuple[str, str]]:
        """What a reader of the file must know, as pairs of name and value."""
        question = self.question
        yield "newsroom", self.newsroom
        yield "report", f"{self.definition.number} {self.definition.name}"
        yield "definition", str(self.definition.definition)
        yield "months", f"{question.first} to {question.last}, by accounting date"
        for name in self.definition.filters:
            if getattr(question, name) is not None:
                yield name, str(getattr(question, name))
        yield "time zone", question.zone.key
        yield "as of", f"{_instant(question.now)}, entry {question.as_of}"


def csv_pieces(section: Section, source: Source | None) -> Iterator[str]:
    """One table as CSV; with a `source`, comment lines follow it, the last with the SHA-256."""
    header = [column.key for column in section.columns]
    digest = hashlib.sha256()
    for piece in spreadsheet(header, _plain(section.rows)):
        digest.update(piece.encode())
        yield piece
    if source is not None:
        for name, value in source.notes():
            line = f"# {name}: {' '.join(value.split())}\r\n"
            digest.update(line.encode())
            yield line
        yield f"# sha256 of all above: {digest.hexdigest()}\r\n"


def workbook(report: Report, source: Source) -> bytes:
    """Every table on a sheet of its own, and a last sheet that says what they are."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - bytes must not vary
        for section in report.sections:
            add_sheet(book, section)
        about = book.add_worksheet("about")
        about.set_column(0, 0, 14)
        about.set_column(1, 1, 100)
        for line, (name, value) in enumerate(source.notes()):
            about.write_string(line, 0, name)
            about.write_string(line, 1, value)
    return buffer.getvalue()


def add_sheet(book: Any, section: Section) -> None:  # noqa: ANN401 - xlsxwriter carries no types
    """Write one table to a new sheet of `book`, amounts as numbers with their decimals."""
    sheet = book.add_worksheet(section.name[:_SHEET_NAME_LONGEST])
    styles = _Styles(book)
    for at, column in enumerate(section.columns):
        sheet.write_string(0, at, column.key, styles.head)
        sheet.set_column(at, at, _WIDTHS.get(column.shape, 14))
    sheet.freeze_panes(1, 0)
    for line, row in enumerate(section.rows, 1):
        for at, cell in enumerate(row.cells):
            _write(sheet, (line, at), cell, styles, strong=row.strong)


class _Styles:
    """The formats of a workbook, made once each."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401 - as above
        self._book = book
        self._made: dict[tuple[str, bool], Any] = {}
        self.head = book.add_format({"bold": True, "bottom": 1})

    def number(self, pattern: str, *, strong: bool) -> Any:  # noqa: ANN401 - as above
        if (pattern, strong) not in self._made:
            look = {"num_format": pattern, "bold": strong}
            self._made[pattern, strong] = self._book.add_format(look)
        return self._made[pattern, strong]


def _write(sheet: Any, at: tuple[int, int], cell: Cell, styles: _Styles, *, strong: bool) -> None:  # noqa: ANN401
    match cell:
        case None:
            return
        case Money():
            decimals = currency_of(cell.currency).exponent
            pattern = "#,##0" + (f".{'0' * decimals}" if decimals else "")
            sheet.write_number(*at, float(cell.decimal), styles.number(pattern, strong=strong))
        case int():
            sheet.write_number(*at, cell, styles.number("0", strong=strong))
        case Decimal():
            sheet.write_number(*at, float(cell), styles.number("General", strong=strong))
        case datetime():
            sheet.write_string(*at, _instant(cell))
        case date():
            moment = datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - a day, no instant
            sheet.write_datetime(*at, moment, styles.number("yyyy-mm-dd", strong=strong))
        case _:
            sheet.write_string(*at, str(cell), styles.number("@", strong=strong))


def _plain(rows: Iterable[Row]) -> Iterator[Sequence[PlainCell]]:
    for row in rows:
        yield tuple(plain_cell(cell) for cell in row.cells)


def plain_cell(cell: Cell) -> PlainCell:
    """A cell as files hold it: money as its decimal amount, words as they are."""
    if isinstance(cell, Money):
        return cell.decimal
    if cell is None or isinstance(cell, (int, Decimal, date)):
        return cell
    return str(cell)


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
