"""Spreadsheets of banks (CSV): the usual headings are known, others are chosen by a person."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from donations.kernel.currencies import CURRENCIES
from donations.reconciliation.bank_files import figures, headings
from donations.reconciliation.bank_files.lines import (
    StatementLine,
    Unreadable,
    account_end,
    exact_money,
    joined,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

FORMAT: Final = "CSV"
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


def read_sheet(sheet: Sheet, columns: Columns) -> list[StatementLine]:
    """The lines of a spreadsheet; every row that is not empty is one.  Raises `Unreadable`."""
    if not columns.complete or columns.date is None:
        raise Unreadable("columns")
    rows = [(number, cells) for number, cells in sheet.rows if _holds(cells, columns)]
    order = columns.day_order or figures.day_order(cells[columns.date] for _, cells in rows)
    if order is None:
        raise Unreadable("unclear_date")
    signs = _signs(rows, columns)
    return [_line(number, cells, columns, order, signs) for number, cells in rows]


def _holds(cells: Sequence[str], columns: Columns) -> bool:
    """Whether a row is a line: one without day and amount is a caption, a total or a blank."""
    needed = [at for at in (columns.date, *columns.amounts) if at is not None]
    if len(cells) <= max(needed):
        return False
    return bool(cells[needed[0]].strip() or any(cells[at].strip() for at in needed[1:]))


def _signs(rows: Sequence[tuple[int, Sequence[str]]], columns: Columns) -> dict[str, str | None]:
    """The decimal sign of each currency's amounts; lines of one file are written alike."""
    by_currency: dict[str, list[str]] = {}
    for _, cells in rows:
        written = by_currency.setdefault(_currency(cells, columns), [])
        written += [cells[at] for at in columns.amounts]
    signs = {
        code: columns.decimal_sign
        or figures.decimal_sign(cells, CURRENCIES[code].exponent if code in CURRENCIES else 2)
        for code, cells in by_currency.items()
    }
    told = {sign for code, sign in signs.items() if sign and _shows_a_sign(by_currency[code])}
    shared = told.pop() if len(told) == 1 else None
    return {code: sign or shared for code, sign in signs.items()}


def _shows_a_sign(cells: Sequence[str]) -> bool:
    return any("," in cell or "." in cell for cell in cells)


def _line(
    row: int,
    cells: Sequence[str],
    columns: Columns,
    order: str,
    signs: dict[str, str | None],
) -> StatementLine:
    currency = _currency(cells, columns)
    if not currency:
        raise Unreadable("no_currency", row)
    sign = signs[currency]
    if sign is None:
        raise Unreadable("unclear_amount", row)
    account = _cell(cells, columns.account_column) or columns.account
    return StatementLine(
        account_end(account),
        figures.day(_cell(cells, columns.date), order, row=row),
        exact_money(_amount(cells, columns, sign, row), currency, row=row),
        joined(*(_cell(cells, at) for at in columns.texts)),
    )


def _amount(cells: Sequence[str], columns: Columns, sign: str, row: int) -> Decimal:
    if columns.amount is not None:
        amount = figures.number(_cell(cells, columns.amount), sign, row=row)
        mark = _cell(cells, columns.mark).casefold()
        if mark in headings.OUT_MARKS:
            return -abs(amount)
        if mark and mark not in headings.IN_MARKS:
            raise Unreadable("no_amount", row)
        return amount
    into, out = _cell(cells, columns.credit), _cell(cells, columns.debit)
    if not into and not out:
        raise Unreadable("no_amount", row)
    total = figures.number(into, sign, row=row) if into else figures.number("0", sign, row=row)
    return total - abs(figures.number(out, sign, row=row)) if out else total


def _currency(cells: Sequence[str], columns: Columns) -> str:
    return (_cell(cells, columns.currency_column) or columns.currency).strip().lower()


def _cell(cells: Sequence[str], at: int | None) -> str:
    return cells[at].strip() if at is not None and at < len(cells) else ""


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
