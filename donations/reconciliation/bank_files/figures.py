"""Numbers and days as spreadsheets write them: how a whole column is written decides each cell."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from donations.reconciliation.bank_files.lines import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable

COMMA: Final = ","
POINT: Final = "."
DAY_FIRST: Final = "dmy"
MONTH_FIRST: Final = "mdy"
_SPACES: Final = re.compile(r"[\s\u00a0\u202f'’]")
_NUMBER: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)*[.,]?")
_ISO: Final = re.compile(r"([0-9]{4})[-/.]?([0-9]{2})[-/.]?([0-9]{2})(?:[T ].*)?")
_SHORT: Final = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4}|[0-9]{2})(?:[T ,].*)?")
_GROUP: Final = 3


def decimal_sign(cells: Iterable[str], exponent: int) -> str | None:
    """The sign before the decimals in a column of amounts; None if the column does not tell.

    "1.234" may be a thousand or a little more than one: it tells nothing, except in a currency
    that has no decimals.
    """
    whole_only = True
    for cell in cells:
        signs = [char for char in _bare(cell) if char in ".,"]
        if not signs:
            continue
        if len(set(signs)) > 1:
            return signs[-1]
        digits = len(_bare(cell).rpartition(signs[-1])[2])
        if len(signs) > 1 or (digits == _GROUP and exponent != _GROUP):
            if len(signs) > 1 or exponent == 0:
                return COMMA if signs[-1] == POINT else POINT
            whole_only = False
        else:
            return signs[-1]
    return POINT if whole_only else None


def number(cell: str, sign: str, *, row: int) -> Decimal:
    """A cell as a number: minus in front or behind, or brackets round it.  Raises `Unreadable`."""
    bare = _bare(cell)
    grouping = COMMA if sign == POINT else POINT
    text = bare.replace(grouping, "").replace(sign, ".")
    if not _NUMBER.fullmatch(bare) or text.count(".") > 1:
        raise Unreadable("no_amount", row)
    shown = cell.strip()
    minus = shown[:1] in "-\u2212(" or shown.rstrip(" €$£¥").endswith(("-", "\u2212", ")"))
    return -Decimal(text) if minus else Decimal(text)


def day_order(cells: Iterable[str]) -> str | None:
    """Whether days or months stand first in a column of dates; None if it does not tell."""
    slashed = False
    for cell in cells:
        found = _SHORT.fullmatch(cell.strip())
        if found is None:
            continue
        if "." in cell or int(found[1]) > 12:  # noqa: PLR2004 - points are written where days lead
            return DAY_FIRST
        if int(found[2]) > 12:  # noqa: PLR2004 - there are twelve months
            return MONTH_FIRST
        slashed = True
    return None if slashed else DAY_FIRST


def day(cell: str, order: str, *, row: int) -> date:
    """A cell as a day.  Raises `Unreadable`."""
    text = cell.strip()
    try:
        if found := _ISO.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _SHORT.fullmatch(text):
            first, second, year = int(found[1]), int(found[2]), int(found[3])
            year += 2000 if year < 100 else 0  # noqa: PLR2004 - two digits
            return date(year, *((second, first) if order == DAY_FIRST else (first, second)))
    except ValueError:
        pass
    raise Unreadable("no_date", row)


def _bare(cell: str) -> str:
    """The digits and separators of a cell, without sign, currency and spaces."""
    return re.sub(r"[A-Za-z€$£¥₽()+\u2212-]", "", _SPACES.sub("", cell))
