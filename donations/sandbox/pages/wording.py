"""Amounts, moments and deeds as the pages write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from babel.numbers import format_currency

from donations.kernel.money import Money

if TYPE_CHECKING:
    from donations.sandbox import Obj

DONE: Final = {  # the buttons of the dashboard, and what is said when one was pressed
    "advance": "The clock has moved.",
    "async_payment": "The bank has decided.",
    "dispute": "The payment is disputed.",
    "dispute_close": "The dispute is decided.",
    "dispute_escalate": "The inquiry is a dispute now.",
    "early_fraud_warning": "The card’s issuer has warned of fraud.",
    "faults": "The faults are as you set them.",
    "flush": "Everything that waited was sent.",
    "payout": "The available money is on its way to the bank.",
    "payout_fail": "The payout has failed, or will; the money returns to the balance.",
    "refund": "The money is on its way back.",
    "refund_fail": "The refund has failed; the money is back.",
    "resend": "The event is sent again.",
}
_SUCCESS: Final = frozenset({"succeeded", "paid", "active", "complete", "won", "delivered"})
_TROUBLE: Final = frozenset(
    {"failed", "past_due", "canceled", "lost", "needs_response", "expired", "void", "dropped",
     "disputed", "unpaid", "warning_needs_response", "uncollectible"}
)  # fmt: skip
_NAMES: Final = ("email", "name", "nickname", "url", "type", "number")


def amount(minor: int, currency: str) -> str:
    """`1500, "usd"` is “$15.00”."""
    return str(format_currency(Money(minor, currency).decimal, currency.upper(), locale="en_US"))


def price(session: Obj) -> str:
    """What is paid: “$15.00”, “$15.00 per month”, “$100.00 every 3 months”."""
    if session["amount_total"] is None:
        return "Nothing now"
    total = amount(session["amount_total"], session["currency"])
    lines = session["_lines"]
    recurring = lines[0]["price"]["recurring"] if lines else None
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


def gist(entry: Obj) -> str:
    """What tells one object of a kind from another: its amount, else its name."""
    if entry.get("currency"):
        for name in ("amount", "amount_total", "total", "unit_amount"):
            if isinstance(entry.get(name), int):
                return amount(entry[name], entry["currency"])
    found = (entry[name] for name in _NAMES if isinstance(entry.get(name), str))
    return next(found, "")


def heading(kind: str) -> str:
    """`balance_transaction` is “Balance transaction”, `checkout.session` “Checkout session”."""
    return kind.replace(".", " ").replace("_", " ").capitalize()
