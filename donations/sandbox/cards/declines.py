"""How an issuer, or Stripe before it is asked, refuses a card.

Source: docs.stripe.com/declines/codes, /error-codes and /testing#declined-payments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from donations.sandbox.refusals import Refusal

Advice = Literal["try_again_later", "do_not_try_again", "confirm_card_data"]


@dataclass(frozen=True, slots=True)
class Decline:
    """A refusal: error `code`, `decline_code`, the sentence and the form's field.

    `advice` is what the issuer says about trying again, where it says so.
    """

    code: str
    decline_code: str
    message: str
    field: str = "card_number"
    advice: Advice | None = None


_DECLINED: Final = "Your card was declined."
GENERIC: Final = Decline("card_declined", "generic_decline", _DECLINED, advice="try_again_later")
FUNDS: Final = Decline(
    "card_declined",
    "insufficient_funds",
    "Your card has insufficient funds. Try a different card.",
    advice="try_again_later",
)
LOST: Final = Decline("card_declined", "lost_card", _DECLINED, advice="do_not_try_again")
STOLEN: Final = Decline("card_declined", "stolen_card", _DECLINED, advice="do_not_try_again")
EXPIRED: Final = Decline(
    "expired_card", "expired_card", "Your card has expired.", "expiry", "confirm_card_data"
)
CVC: Final = Decline(
    "incorrect_cvc",
    "incorrect_cvc",
    "Your card's security code is incorrect.",
    "cvc",
    "confirm_card_data",
)
PROCESSING: Final = Decline(
    "processing_error",
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
    advice="try_again_later",
)
VELOCITY: Final = Decline(
    "card_declined",
    "card_velocity_exceeded",
    "Your card was declined for making repeated attempts too frequently or exceeding its amount "
    "limit.",
    advice="try_again_later",
)
BLOCKED: Final = Decline("card_declined", "fraudulent", _DECLINED)
AUTHENTICATION_REQUIRED: Final = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)
AUTHENTICATION_NOT_HANDLED: Final = Decline(
    "authentication_required",
    "authentication_not_handled",
    "This payment required an authentication action to complete, but `error_on_requires_action` "
    "was set. When you're ready, you can upgrade your integration to handle actions.",
)
NOT_A_TEST_CARD: Final = Decline(
    "card_declined",
    "test_mode_live_card",
    "Your card was declined. Your request was in test mode, but used a non test card. For a list "
    "of valid test cards, visit: https://stripe.com/docs/testing.",
)
WRONG_NUMBER: Final = Decline(
    "incorrect_number", "incorrect_number", "Your card number is incorrect."
)
NOT_AUTHENTICATED: Final = Decline(
    "payment_intent_authentication_failure",
    "authentication_required",
    "We are unable to authenticate your payment method. Please choose a different payment method "
    "and try again.",
)


def refusal(decline: Decline, **more: Any) -> Refusal:  # noqa: ANN401 - fields of an answer
    """The 402 a declined card is answered with; `more` are fields of the error beside it."""
    return Refusal(
        decline.message,
        status=402,
        kind="card_error",
        code=decline.code,
        decline_code=decline.decline_code or None,
        kept=True,
        advice_code=decline.advice,
        doc_url=f"https://stripe.com/docs/error-codes/{decline.code.replace('_', '-')}",
        **more,
    )
