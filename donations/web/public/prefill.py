"""Reads the choice a link carries: currency, frequency, amount in minor units.

A link may be old or mistyped, so what is not understood is left out rather than refused.  The link
of a letter also carries the public name of its reminder.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from donations.giving.orders import price
from donations.kernel.cadence import Frequency
from donations.kernel.errors import BadAmount
from donations.web.public.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from donations.web.house import House

_REMINDER: Final = re.compile(r"[a-z0-9_]{1,20}")


def read_reminder(name: str | None) -> str:
    """The public name of a reminder; empty where it is none."""
    return name if name and _REMINDER.fullmatch(name) else ""


def prefilled(parts: House, query: Mapping[str, str], *, placement: str) -> tuple[str, Selection]:
    """The currency and the selection a link asks for."""
    reminder = read_reminder(query.get("reminder"))
    currency, selection = _chosen(parts, query, "reminder" if reminder else placement)
    return currency, replace(selection, reminder=reminder)


def _chosen(parts: House, query: Mapping[str, str], where: str) -> tuple[str, Selection]:
    prices = parts.price_list
    currency = query.get("currency", "")
    if currency not in prices.currencies:
        currency = prices.currencies[0]
    try:
        frequency = Frequency(query.get("frequency", ""))
    except ValueError:
        frequency = Frequency.MONTHLY
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
