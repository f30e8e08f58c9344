"""CSV that spreadsheets read as data: RFC 4180 in UTF-8, numbers plain, no text run as a formula.

A text beginning with one of `= + - @`, tab or carriage return gets an apostrophe in front (OWASP,
CSV injection; ASVS 5.0.0, 1.2.10).  Numbers are written by us and stay numbers, minus included.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Cell = str | int | Decimal | datetime | date | None

BYTE_ORDER_MARK: Final = "\ufeff"  # without it Excel reads UTF-8 as the machine's old code page
_FORMULA_BEGINS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20")


def spreadsheet(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The file in pieces: the header line, then a line per row as it is read."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write(BYTE_ORDER_MARK)
    writer.writerow(header)
    for row in rows:
        yield _taken(buffer)
        writer.writerow([cell_text(cell) for cell in row])
    yield _taken(buffer)


def cell_text(cell: Cell) -> str:
    """A cell as it is written; instants in UTC, amounts with their currency's own decimals."""
    match cell:
        case None:
            return ""
        case Decimal():
            return format(cell, "f")
        case int():
            return str(cell)
        case datetime():
            return cell.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case date():
            return cell.isoformat()
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA_BEGINS) else cell


def _taken(buffer: io.StringIO) -> str:
    written = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return written
