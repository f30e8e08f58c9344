"""Stripe's test cards, to be found by number, by name and by token."""

from __future__ import annotations

from typing import Final

from donations.sandbox.cards import declines
from donations.sandbox.cards.abroad import ABROAD
from donations.sandbox.cards.brands import BRANDS
from donations.sandbox.cards.card import Card
from donations.sandbox.cards.declines import GENERIC, Decline
from donations.sandbox.cards.special import SPECIAL

__all__ = [
    "ABROAD", "BY_NAME", "BY_NUMBER", "BY_TOKEN", "GENERIC", "OTHERS", "SUGGESTED", "Card",
    "Decline", "declines", "passes_luhn",
]  # fmt: skip

_EVERY: Final = (*BRANDS, *SPECIAL, *ABROAD)
_OTHER_NAMES: Final = {
    "pm_card_us": "4242424242424242",
    "pm_card_amex_threeDSecureNotSupported": "378282246310005",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeDeclinedLostCard": "4000000000009987",
    "pm_card_chargeDeclinedStolenCard": "4000000000009979",
    "pm_card_chargeDeclinedFraudulent": "4100000000000019",
}

BY_NUMBER: Final = {card.number: card for card in _EVERY}
BY_NAME: Final = {card.name: card for card in _EVERY if card.name} | {
    name: BY_NUMBER[number] for name, number in _OTHER_NAMES.items()
}
BY_TOKEN: Final = {name.replace("pm_card_", "tok_", 1): card for name, card in BY_NAME.items()}
SUGGESTED: Final = tuple(card for card in _EVERY if card.suggested)
OTHERS: Final = tuple(card for card in (*BRANDS, *SPECIAL) if not card.suggested)


def passes_luhn(number: str) -> bool:
    """Whether the number's check digit is right."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(digit * 2, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
