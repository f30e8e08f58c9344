"""A bank's spreadsheet (CSV) laid open, and what its columns are, by their headings or a person."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from donations.reconciliation.bank_files import headings
from donations.reconciliation.bank_files.lines import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DELIMITERS: Final = ";,\t|"
_ENCODINGS: Final = ("utf-8-sig", "cp1252", "cp1251")
_PREAMBLE: Final = 40
_SHOWN: Final = 5
_FEWEST_COLUMNS: Final = 2


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column is what, counted from 0, and how it is written.

    Either `amount`, or `credit` and `debit` (or one of them).  `mark` tells money out from money in
    where amounts carry no sign.  `currency` and `account` hold for lines that name none.
    """

    date: int | None = None
    amount: int | None = None
    debit: int | None = None
    credit: int | None = None
    mark: int | None = None
    currency_column: int | None = None
    account_column: int | None = None
    texts: tuple[int, ...] = ()
    currency: str = ""
    account: str = ""
    decimal_sign: str = ""
    day_order: str = ""

    @property
    def complete(self) -> bool:
        """Whether a day and an amount can be read."""
        return self.date is not None and bool(self.amounts)

    @property
    def amounts(self) -> tuple[int, ...]:
        """The columns that hold amounts."""
        found = (self.amount,) if self.amount is not None else (self.debit, self.credit)
        return tuple(at for at in found if at is not None)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A spreadsheet laid open: its headings, and its rows with the line of the file they are on."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def sample(self) -> tuple[tuple[str, ...], ...]:
        """The first rows, to choose columns by."""
        return tuple(cells for _, cells in self.rows[:_SHOWN])

    def guess(self, currency: str = "", account: str = "") -> Columns:
        """The columns as far as their headings are known."""
        roles = headings.recognised(list(self.headings))

        def first(role: str) -> int | None:
            return roles[role][0] if roles[role] else None

        amount = first(headings.AMOUNT)
        named = headings.currency_in(self.headings[amount]) if amount is not None else None
        return Columns(
            date=first(headings.DATE),
            amount=amount,
            debit=first(headings.DEBIT),
            credit=first(headings.CREDIT),
            mark=first(headings.MARK),
            currency_column=first(headings.CURRENCY),
            account_column=first(headings.ACCOUNT),
            texts=tuple(sorted(roles[headings.TEXT])),
            currency=currency or named or "",
            account=account,
        )


def open_sheet(content: bytes) -> Sheet:
    """Lay a spreadsheet open.  Raises `Unreadable` if it is none."""
    best: tuple[int, Sheet] | None = None
    for text in _readings(content):
        for delimiter in _DELIMITERS:
            sheet = _laid_open(text, delimiter)
            if sheet is None:
                continue
            roles = headings.recognised(list(sheet.headings))
            known = sum(bool(found) for found in roles.values())
            score = known * 100 + min(len(sheet.headings), 99)
            if best is None or score > best[0]:
                best = (score, sheet)
    if best is None:
        raise Unreadable("unknown_format")
    return best[1]


def _readings(content: bytes) -> Iterator[str]:
    """The text in every encoding it may be in; a wrong one shows no heading we know."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield content.decode("utf-16", errors="replace")
        return
    if b"\x00" in content:
        return
    for encoding in _ENCODINGS:
        try:
            yield content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == _ENCODINGS[0]:
            return


def _laid_open(text: str, delimiter: str) -> Sheet | None:
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        rows = [(reader.line_num, tuple(cells)) for cells in reader]
    except csv.Error:
        return None
    rows = [(number, cells) for number, cells in rows if any(cell.strip() for cell in cells)]
    if not rows:
        return None
    at = max(range(len(rows[:_PREAMBLE])), key=lambda at: (_known(rows[at][1]), -at))
    if not _known(rows[at][1]):
        at = max(range(len(rows[:_PREAMBLE])), key=lambda at: (len(rows[at][1]), -at))
    heads = rows[at][1]
    if len(heads) < _FEWEST_COLUMNS:
        return None
    return Sheet(heads, tuple(rows[at + 1 :]))


def _known(cells: Sequence[str]) -> int:
    """How many roles of a line a row names, if it names a day among them."""
    roles = headings.recognised(list(cells))
    return sum(bool(found) for found in roles.values()) if roles[headings.DATE] else 0
