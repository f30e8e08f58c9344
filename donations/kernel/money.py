"""Money: whole minor units with a currency, never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Self

from donations.kernel.currencies import CURRENCIES, Currency
from donations.kernel.errors import BadAmount, UnknownCurrency

_PLAIN_AMOUNT: Final = re.compile(r"(?P<whole>[0-9]{1,12})(?:[.,](?P<fraction>[0-9]{1,3}))?")
_GROUPED_AMOUNT: Final = re.compile(r"[0-9]{1,3}(?:([ \u00a0\u202f,.'])[0-9]{3})(?:\1[0-9]{3})*")


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """`minor` whole minor units of `currency`, a lower-case code of the table of currencies.

    Adding or comparing two currencies raises `UnknownCurrency`: there is no such sum.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            message = f"Money counts whole minor units, not {type(self.minor).__name__}."
            raise TypeError(message)
        currency_of(self.currency)

    @classmethod
    def parse(cls, typed: str, currency: str) -> Self:
        """Read what a person typed: ASCII digits, at most one decimal point or comma.

        Raises `BadAmount` with a reason: `empty`, `not_a_number`, `grouped` (a thousands
        separator, which would be a guess) or `too_precise` for the currency.
        """
        kind = currency_of(currency)
        text = typed.strip()
        if not text:
            raise BadAmount("empty")
        found = _PLAIN_AMOUNT.fullmatch(text)
        if found is None:
            raise BadAmount("grouped" if _GROUPED_AMOUNT.fullmatch(text) else "not_a_number")
        fraction = found["fraction"] or ""
        if len(fraction) == 3 and kind.exponent < 3:  # noqa: PLR2004 - "1,500" is a thousand or a slip
            raise BadAmount("too_precise" if "." in text else "grouped")
        if len(fraction.rstrip("0")) > kind.exponent:
            raise BadAmount("too_precise")
        digits = fraction[: kind.exponent].ljust(kind.exponent, "0")
        minor = int(found["whole"] + digits)
        if minor % kind.step:
            raise BadAmount("too_precise")
        return cls(minor, currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exact, with the currency's own number of decimals."""
        return Decimal(self.minor).scaleb(-currency_of(self.currency).exponent)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other).minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency.upper()}"

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise UnknownCurrency(f"{self.currency} and {other.currency} have no common sum.")
        return other


def currency_of(code: str) -> Currency:
    """The row of the table for `code` (lower case).  Raises `UnknownCurrency`."""
    try:
        return CURRENCIES[code]
    except KeyError:
        raise UnknownCurrency(f"{code!r} is not in the table of currencies.") from None
