"""Reads the choice a link carries: currency, frequency, amount in minor units.

A link may be old or mistyped, so what is not understood is left out rather than refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.giving.orders import price
from donations.kernel.cadence import Frequency
from donations.kernel.errors import BadAmount
from donations.web.public.ask_view import Selection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from donations.web.house import House


def prefilled(parts: House, query: Mapping[str, str], *, placement: str) -> tuple[str, Selection]:
    """The currency and the selection a link asks for."""
    prices = parts.price_list
    currency = query.get("currency", "")
    if currency not in prices.currencies:
        currency = prices.currencies[0]
    try:
        frequency = Frequency(query.get("frequency", ""))
    except ValueError:
        frequency = Frequency.MONTHLY
    where = "reminder" if query.get("reminder") else placement
    amount = query.get("amount", "")
    try:
        order = price(prices, currency=currency, frequency=frequency, chosen=amount, typed="")
    except BadAmount:
        return currency, Selection(frequency, placement=where)
    minor = str(order.amount.minor)
    if order.amount.minor in prices.ask(currency, frequency).choices:
        return currency, Selection(frequency, chosen={frequency: minor}, placement=where)
    typed = {frequency: str(order.amount.decimal)}
    return currency, Selection(frequency, {frequency: "other"}, typed, placement=where)
