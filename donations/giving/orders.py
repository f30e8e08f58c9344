"""What a reader ordered, read from a form and priced by us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from donations.giving.price_list import PriceList
from donations.kernel.cadence import Frequency
from donations.kernel.errors import BadAmount
from donations.kernel.money import Money, currency_of

_MOST_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Order:
    """An amount and how often; `fund` and `promo` are codes of what is open, or empty."""

    amount: Money
    frequency: Frequency
    fund: str = ""
    promo: str = ""


def price(
    prices: PriceList, *, currency: str, frequency: Frequency, chosen: str, typed: str
) -> Order:
    """The order of a chosen amount in minor units, or of "other" and an amount typed beside it.

    Raises `BadAmount`: whatever a browser sends stands within our bounds or is refused.
    """
    ask = prices.ask(currency, frequency)
    if chosen == "other" or (not chosen and typed.strip()):
        amount = Money.parse(typed, currency)
    elif not chosen:
        raise BadAmount("empty")
    else:
        amount = _in_minor_units(chosen, currency)
    return Order(ask.check(amount), frequency)


def _in_minor_units(chosen: str, currency: str) -> Money:
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) <= _MOST_DIGITS):
        raise BadAmount("not_a_number")
    amount = Money(int(chosen), currency)
    if amount.minor % currency_of(currency).step:
        raise BadAmount("too_precise")
    return amount
