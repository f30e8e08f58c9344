"""The lines of a bank's spreadsheet (CSV), once it is known which column is what."""

from __future__ import annotations

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
    from collections.abc import Sequence
    from decimal import Decimal

    from donations.reconciliation.bank_files.sheets import Columns, Sheet

FORMAT: Final = "CSV"


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
