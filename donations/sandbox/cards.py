"""Stripe's test cards and what each of them does.  Source: docs.stripe.com/testing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Decline:
    """A refusal by the issuer: error `code`, `decline_code`, the sentence and the form's field."""

    code: str
    decline_code: str
    message: str
    field: str = "card_number"


@dataclass(frozen=True, slots=True)
class Card:
    """One test number.  `attaches_only`: charges without the reader present are declined."""

    number: str
    name: str
    says: str
    brand: str = "visa"
    country: str = "US"
    decline: Decline | None = None
    challenge: Literal["never", "unless_set_up", "always"] = "never"
    attaches_only: bool = False
    dispute: Literal["fraudulent", "product_not_received", "inquiry"] | None = None
    refund: Literal["at_once", "pending", "fails"] = "at_once"
    available_at_once: bool = False
    suggested: bool = False


GENERIC: Final = Decline("card_declined", "generic_decline", "Your card was declined.")
_FUNDS: Final = Decline(
    "card_declined", "insufficient_funds", "Your card has insufficient funds. Try a different card."
)
_LOST: Final = Decline("card_declined", "lost_card", "Your card was declined.")
_STOLEN: Final = Decline("card_declined", "stolen_card", "Your card was declined.")
_EXPIRED: Final = Decline("expired_card", "expired_card", "Your card has expired.", "expiry")
_CVC: Final = Decline(
    "incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.", "cvc"
)
_PROCESSING: Final = Decline(
    "processing_error",
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
)

_CARDS: Final = (
    Card("4242424242424242", "pm_card_visa", "Succeeds", suggested=True),
    Card("5555555555554444", "pm_card_mastercard", "Succeeds (Mastercard)", "mastercard"),
    Card("378282246310005", "pm_card_amex", "Succeeds (American Express)", "amex"),
    Card(
        "4000000000000002", "pm_card_visa_chargeDeclined", "Declined", decline=GENERIC,
        suggested=True,
    ),
    Card(
        "4000000000009995", "pm_card_visa_chargeDeclinedInsufficientFunds",
        "Declined: insufficient funds", decline=_FUNDS, suggested=True,
    ),
    Card(
        "4000000000009987", "pm_card_visa_chargeDeclinedLostCard", "Declined: lost",
        decline=_LOST,
    ),
    Card(
        "4000000000009979", "pm_card_visa_chargeDeclinedStolenCard", "Declined: stolen",
        decline=_STOLEN,
    ),
    Card(
        "4000000000000069", "pm_card_chargeDeclinedExpiredCard", "Declined: expired",
        decline=_EXPIRED,
    ),
    Card(
        "4000000000000127", "pm_card_chargeDeclinedIncorrectCvc", "Declined: wrong CVC",
        decline=_CVC,
    ),
    Card(
        "4000000000000119", "pm_card_chargeDeclinedProcessingError", "Declined: processing error",
        decline=_PROCESSING,
    ),
    Card(
        "4000002760003184", "pm_card_authenticationRequired_always", "3-D Secure, every time",
        challenge="always", suggested=True,
    ),
    Card(
        "4000002500003155", "pm_card_authenticationRequired", "3-D Secure, then renews quietly",
        challenge="unless_set_up",
    ),
    Card(
        "4000000000000341", "pm_card_chargeCustomerFail", "Succeeds once; renewals fail",
        attaches_only=True, suggested=True,
    ),
    Card(
        "4000000000000259", "pm_card_createDispute", "Succeeds, then disputed as fraud",
        dispute="fraudulent", suggested=True,
    ),
    Card(
        "4000000000002685", "pm_card_createDisputeProductNotReceived",
        "Succeeds, then disputed as not received", dispute="product_not_received",
    ),
    Card(
        "4000000000001976", "pm_card_createDisputeInquiry", "Succeeds, then an inquiry",
        dispute="inquiry",
    ),
    Card(
        "4000000000007726", "pm_card_refundPending", "Refunds stay pending a while",
        refund="pending",
    ),
    Card("4000000000005126", "pm_card_refundFail", "Refunds succeed, then fail", refund="fails"),
    Card(
        "4000000000000077", "pm_card_bypassPending", "Funds available at once",
        available_at_once=True,
    ),
    Card("4000006430000009", "pm_card_ru", "Succeeds, issued in Russia", country="RU"),
    Card("4000008260000000", "pm_card_gb", "Succeeds, issued in the UK", country="GB"),
    Card("4000002760000016", "pm_card_de", "Succeeds, issued in Germany", country="DE"),
    Card("4000002500000003", "pm_card_fr", "Succeeds, issued in France", country="FR"),
    Card("4000005280000002", "pm_card_nl", "Succeeds, issued in the Netherlands", country="NL"),
    Card("4000001240000000", "pm_card_ca", "Succeeds, issued in Canada", country="CA"),
    Card("4000003920000003", "pm_card_jp", "Succeeds, issued in Japan", country="JP"),
)  # fmt: skip

BY_NUMBER: Final = {card.number: card for card in _CARDS}
BY_NAME: Final = {card.name: card for card in _CARDS}
SUGGESTED: Final = tuple(card for card in _CARDS if card.suggested)
OTHERS: Final = tuple(card for card in _CARDS if not card.suggested)


def passes_luhn(number: str) -> bool:
    """Whether the number's check digit is right."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(digit * 2, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
