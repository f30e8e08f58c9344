"""A line of a statement as every format gives it, and why a file cannot be read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from donations.kernel.currencies import CURRENCIES
from donations.kernel.errors import ReaderError
from donations.kernel.money import Money

if TYPE_CHECKING:
    from datetime import date

ACCOUNT_SHOWN: Final = 6
_PLAIN: Final = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{0,6})?")


class Unreadable(ReaderError):
    """A file that cannot be taken; nothing of it was.

    `reason` is one of `empty`, `too_large`, `unknown_format`, `unsafe`, `damaged`, `incomplete`,
    `no_currency`, `unknown_currency`, `no_date`, `unclear_date`, `no_amount`, `unclear_amount`,
    `columns`.  `row` is the line of the file where it stopped, counted from 1, if that is known.
    The message never holds what stands in the file.
    """

    def __init__(self, reason: str, row: int | None = None, currency: str | None = None) -> None:
        super().__init__(reason if row is None else f"{reason}, line {row}")
        self.reason = reason
        self.row = row
        self.currency = currency


@dataclass(frozen=True, slots=True)
class StatementLine:
    """What the bank booked: money in is positive.  `account` is the end of the account's number."""

    account: str
    booked_on: date
    amount: Money
    text: str


def exact_money(amount: str | Decimal, currency: str, *, row: int | None = None) -> Money:
    """An amount in major units, digits and a point, as whole minor units: exact or refused.

    Raises `Unreadable` for what is no number, is finer than the currency or in an unknown one.
    """
    code = currency.strip().lower()
    if code not in CURRENCIES:
        raise Unreadable("unknown_currency", row, currency.strip().upper()[:3])
    if isinstance(amount, str):
        if not _PLAIN.fullmatch(amount.strip()):
            raise Unreadable("no_amount", row)
        amount = Decimal(amount.strip())
    try:
        minor = amount.scaleb(CURRENCIES[code].exponent)
        whole = int(minor)
    except (InvalidOperation, OverflowError, ValueError):
        raise Unreadable("no_amount", row) from None
    if whole != minor:
        raise Unreadable("unclear_amount", row)
    return Money(whole, code)


def account_end(number: str | None) -> str:
    """Enough of an account's number to tell two accounts apart, and no more."""
    return re.sub(r"[^0-9A-Za-z]", "", number or "")[-ACCOUNT_SHOWN:].upper()


def joined(*parts: str | None) -> str:
    """The texts of a line as one, each said once, with single spaces."""
    said: list[str] = []
    for part in parts:
        words = " ".join((part or "").split())
        if words and words not in said:
            said.append(words)
    return " ".join(said)
