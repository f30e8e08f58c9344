"""Lines of text formats: amounts as their currency writes them, and words that break nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from donations.kernel.money import Money


def amount_text(money: Money) -> str:
    """An amount with its currency's own decimals and the code behind it: "4825 JPY"."""
    return f"{money.decimal:f} {money.currency.upper()}"


def one_line(text: str) -> str:
    """A text without what could end a line or hide: anything unprintable becomes a space."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(shown.split())
