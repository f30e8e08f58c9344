"""The one table of currencies, read by the forms, the server and the sandbox alike.

The figures are Stripe's, not ISO 4217's: Stripe counts ISK and UGX in hundredths although only
whole units may be charged, and its three-decimal currencies must end in a zero.  Sources:
https://docs.stripe.com/currencies#zero-decimal, #special-cases and
https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

EIGHT_DIGITS: Final = 99_999_999


@dataclass(frozen=True, slots=True)
class Currency:
    """How Stripe counts one currency; every amount here is in its minor units.

    `exponent` is the number of decimals on the wire, `step` the smallest difference between two
    chargeable amounts, `minimum` and `maximum` the charges Stripe accepts.
    """

    code: str
    exponent: int
    minimum: int
    maximum: int = EIGHT_DIGITS
    step: int = 1


def _table(*rows: Currency) -> Mapping[str, Currency]:
    return MappingProxyType({row.code: row for row in rows})


_TWO_DECIMALS = (
    ("aed", 200),
    ("aud", 50),
    ("bgn", 100),
    ("brl", 50),
    ("cad", 50),
    ("chf", 50),
    ("czk", 1500),
    ("dkk", 250),
    ("eur", 50),
    ("gbp", 30),
    ("hkd", 400),
    ("huf", 17500),
    ("mxn", 1000),
    ("myr", 200),
    ("nok", 300),
    ("nzd", 50),
    ("pln", 200),
    ("ron", 200),
    ("sek", 300),
    ("sgd", 50),
    ("thb", 1000),
    ("usd", 50),
)
_ZERO_DECIMALS = [
    "bif",
    "clp",
    "djf",
    "gnf",
    "kmf",
    "krw",
    "mga",
    "pyg",
    "rwf",
    "vnd",
    "vuv",
    "xaf",
    "xof",
    "xpf",
]  # minimum: converted, so 1

CURRENCIES: Final = _table(
    *(Currency(code, 2, minimum) for code, minimum in _TWO_DECIMALS),
    Currency("inr", 2, 50, maximum=999_999_999),
    Currency("idr", 2, 1, maximum=999_999_999_999),
    Currency("jpy", 0, 50),
    *(Currency(code, 0, 1) for code in _ZERO_DECIMALS),
    Currency("isk", 2, 100, step=100),
    Currency("ugx", 2, 100, step=100),
    *(Currency(code, 3, 10, step=10) for code in ("bhd", "jod", "kwd", "omr", "tnd")),
)
