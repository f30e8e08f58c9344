"""One file in, its lines out: the format is told by what stands in the file, not by its name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from donations.reconciliation.bank_files import camt, delimited, mt940, ofx
from donations.reconciliation.bank_files.lines import StatementLine, Unreadable
from donations.reconciliation.bank_files.sheets import open_sheet

if TYPE_CHECKING:
    from donations.reconciliation.bank_files.sheets import Columns

LARGEST_FILE: Final = 10 * 1024 * 1024
_OTHERS: Final = (camt, mt940, ofx)


@dataclass(frozen=True, slots=True)
class Statement:
    """A file that was read to its end."""

    format: str
    digest: str
    lines: tuple[StatementLine, ...]


def read_statement(content: bytes, columns: Columns | None = None) -> Statement:
    """Read a file from the bank.  Raises `Unreadable`; `columns` are for spreadsheets.

    Without `columns`, or where they name none, those of a spreadsheet are told by its headings.
    """
    if not content.strip():
        raise Unreadable("empty")
    if len(content) > LARGEST_FILE:
        raise Unreadable("too_large")
    for kind in _OTHERS:
        if kind.recognises(content):
            return _read(kind.FORMAT, content, kind.read(content))
    sheet = open_sheet(content)
    if columns is None:
        columns = sheet.guess()
    elif not columns.complete:
        columns = sheet.guess(columns.currency, columns.account)
    return _read(delimited.FORMAT, content, delimited.read_sheet(sheet, columns))


def is_spreadsheet(content: bytes) -> bool:
    """Whether a file is none of the formats made for statements."""
    return not any(kind.recognises(content) for kind in _OTHERS)


def _read(name: str, content: bytes, lines: list[StatementLine]) -> Statement:
    if not lines:
        raise Unreadable("empty")
    return Statement(name, hashlib.sha256(content).hexdigest(), tuple(lines))
