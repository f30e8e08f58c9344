"""Amounts and moments as the pages write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from babel.numbers import format_currency

from donations.kernel.money import Money

if TYPE_CHECKING:
    from donations.sandbox import Obj

_SUCCESS: Final = frozenset({"succeeded", "paid", "active", "complete", "won", "delivered"})
_TROUBLE: Final = frozenset(
    {"failed", "past_due", "canceled", "lost", "needs_response", "expired", "void", "dropped"}
)


def amount(minor: int, currency: str) -> str:
    """`1500, "usd"` is “$15.00”."""
    return str(format_currency(Money(minor, currency).decimal, currency.upper(), locale="en_US"))


def price(session: Obj) -> str:
    """What is paid: “$15.00”, “$15.00 per month”, “$100.00 every 3 months”."""
    total = amount(session["amount_total"], session["currency"])
    recurring = session["_lines"][0]["price"]["recurring"]
    if not recurring:
        return total
    count, interval = recurring["interval_count"], recurring["interval"]
    return f"{total} per {interval}" if count == 1 else f"{total} every {count} {interval}s"


def moment(seconds: int) -> str:
    """A Unix time as “24 Nov 2026, 08:02 UTC”."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%-d %b %Y, %H:%M UTC")


def tone(status: str | None) -> str:
    """How a status is coloured: good, bad or plain."""
    if status in _SUCCESS:
        return "good"
    return "bad" if status in _TROUBLE else "plain"
