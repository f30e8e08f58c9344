"""What readers are asked for: suggested amounts and bounds per currency and frequency.

The only place where a gift gets its price.  A newsroom may replace any part of the list; the
bounds can never leave what Stripe accepts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Self

from donations.kernel.cadence import Frequency
from donations.kernel.errors import BadAmount, MisconfiguredError
from donations.kernel.money import Money, currency_of


@dataclass(frozen=True, slots=True)
class Ask:
    """One question: `choices` and `default` suggested, anything in bounds taken; minor units."""

    choices: tuple[int, ...]
    default: int
    minimum: int
    maximum: int

    def check(self, amount: Money) -> Money:
        """Give the amount back, or raise `BadAmount` with `too_small` or `too_large`."""
        if amount.minor < self.minimum:
            raise BadAmount("too_small", self.minimum)
        if amount.minor > self.maximum:
            raise BadAmount("too_large", self.maximum)
        return amount


# Whole units of currency: what the paper's own page asked (once 25/50/100/250, monthly
# 10/15/30, annual 50/100/250/500), with the monthly minimum of 2 and small steps added.
_WESTERN: Final = {
    Frequency.ONCE: ((25, 50, 100, 250), 50, 2, 10_000),
    Frequency.MONTHLY: ((2, 5, 10, 15, 30), 10, 2, 1_000),
    Frequency.ANNUAL: ((50, 100, 250, 500), 100, 10, 10_000),
}
_YEN: Final = {
    Frequency.ONCE: ((3_000, 5_000, 10_000, 30_000), 5_000, 300, 1_500_000),
    Frequency.MONTHLY: ((300, 500, 1_500, 2_500, 5_000), 1_500, 300, 150_000),
    Frequency.ANNUAL: ((5_000, 15_000, 30_000, 50_000), 15_000, 1_500, 1_500_000),
}
_PRESETS: Final = {"jpy": _YEN}
# How many whole units are asked where the Western presets ask one: about a dollar's worth in 2026,
# rounded to what looks natural on a card.
_UNITS: Final = {
    "aed": 4,
    "bgn": 2,
    "bif": 3_000,
    "brl": 5,
    "clp": 1_000,
    "czk": 20,
    "djf": 200,
    "dkk": 5,
    "gnf": 10_000,
    "hkd": 10,
    "huf": 400,
    "idr": 15_000,
    "inr": 100,
    "isk": 100,
    "kmf": 500,
    "krw": 1_000,
    "mga": 5_000,
    "mxn": 20,
    "myr": 5,
    "nok": 10,
    "pln": 4,
    "pyg": 5_000,
    "ron": 5,
    "rwf": 1_000,
    "sek": 10,
    "thb": 40,
    "ugx": 1_000,
    "vnd": 20_000,
    "vuv": 100,
    "xaf": 500,
    "xof": 500,
    "xpf": 100,
}


@dataclass(frozen=True, slots=True)
class PriceList:
    """Every ask of the newsroom, by currency and frequency."""

    asks: Mapping[tuple[str, Frequency], Ask]
    currencies: tuple[str, ...]

    @classmethod
    def build(cls, currencies: tuple[str, ...], changes: Mapping[str, Any]) -> Self:
        """The presets for `currencies` with the newsroom's `changes` laid over them.

        `changes` is `{"usd": {"monthly": {"choices": [300, 500], "default": 500, "minimum": 200,
        "maximum": 50000}}}` in minor units.  Raises `MisconfiguredError`.
        """
        asks = {
            (code, frequency): _ask(code, frequency, changes.get(code, {}).get(frequency.value, {}))
            for code in currencies
            for frequency in Frequency
        }
        return cls(MappingProxyType(asks), currencies)

    def ask(self, currency: str, frequency: Frequency) -> Ask:
        """The ask for a currency and frequency of the list; `KeyError` outside it."""
        return self.asks[currency, frequency]


def _ask(code: str, frequency: Frequency, change: Mapping[str, Any]) -> Ask:
    currency = currency_of(code)
    choices, default, minimum, maximum = _PRESETS.get(code, _WESTERN)[frequency]
    unit = 10**currency.exponent * _UNITS.get(code, 1)
    preset = {
        "choices": tuple(choice * unit for choice in choices),
        "default": default * unit,
        "minimum": minimum * unit,
        "maximum": min(maximum * unit, currency.maximum // currency.step * currency.step),
    }
    try:
        ask = Ask(
            **{**preset, **change, "choices": tuple(change.get("choices", preset["choices"]))}
        )
    except TypeError as error:
        message = f"NEWSROOM_AMOUNTS: {code} {frequency}: unknown word in {sorted(change)}"
        raise MisconfiguredError(message) from error
    _check(ask, code, frequency)
    return ask


def _check(ask: Ask, code: str, frequency: Frequency) -> None:
    currency = currency_of(code)
    amounts = (*ask.choices, ask.default, ask.minimum, ask.maximum)
    wrong = (
        any(type(amount) is not int or amount % currency.step for amount in amounts)
        or not currency.minimum <= ask.minimum <= ask.maximum <= currency.maximum
        or ask.default not in ask.choices
        or any(not ask.minimum <= choice <= ask.maximum for choice in ask.choices)
    )
    if wrong:
        message = (
            f"NEWSROOM_AMOUNTS: {code} {frequency}: amounts are whole minor units, the default is"
            " one of the choices, and all stand within the bounds and Stripe's own."
        )
        raise MisconfiguredError(message)
