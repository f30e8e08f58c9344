"""Payment intents: opened, confirmed with a method, settled when the method is a slow one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.cards import GENERIC, Card, Decline
from donations.sandbox.objects import charges
from donations.sandbox.objects.payment_methods import card_of
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

NOT_AUTHENTICATED: Final = Decline(
    "payment_intent_authentication_failure",
    "authentication_required",
    "We are unable to authenticate your payment method. Please choose a different payment method "
    "and try again.",
)
_AUTHENTICATION_REQUIRED: Final = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)
BANK_REFUSED: Final = Decline(
    "payment_intent_payment_attempt_failed",
    "generic_decline",
    "The customer's bank account could not be debited.",
    "method",
)
CANCELABLE: Final = (
    "requires_payment_method", "requires_confirmation", "requires_action", "processing",
)  # fmt: skip


def open_intent(world: World, amount: int, currency: str, **more: object) -> Obj:
    """Make a payment intent that waits for a payment method, and tell."""
    intent = world.make(
        "payment_intent",
        "pi",
        amount=amount,
        currency=currency,
        capture_method="automatic_async",
        confirmation_method="automatic",
        status="requires_payment_method",
        payment_method_types=["card"],
        amount_details={"tip": {}},
        automatic_payment_methods=None,
        **({"metadata": {}} | more),
    )
    intent["client_secret"] = f"{intent['id']}_secret_{world.store.new_id('x')[2:]}"
    world.emit("payment_intent.created", intent)
    return intent


def confirm(
    world: World, intent: Obj, method: Obj, *, present: bool, authenticated: bool = False
) -> str:
    """Try to take the money; `present` says a reader is at the page.  Returns the intent's status.

    The caller sends `charge.updated` (`charges.tell_booked`) after its own events.
    """
    intent |= {"payment_method": method["id"], "last_payment_error": None, "next_action": None}
    intent["payment_method_types"] = [method["type"]]
    card = card_of(method)
    if card is None:
        return _wait_for_bank(world, intent, method)
    if _wants_challenge(card, present=present) and not authenticated:
        if present:
            return _challenge(world, intent)
        return refuse(world, intent, method, _AUTHENTICATION_REQUIRED)
    decline = card.decline or (GENERIC if card.attaches_only and not present else None)
    if decline:
        return refuse(world, intent, method, decline)
    charge = charges.attempt(world, intent, method, "succeeded")
    return _received(world, intent, charge, card.dispute)


def refuse(world: World, intent: Obj, method: Obj, decline: Decline) -> str:
    """The attempt failed: a failed charge, the error on the intent, which may be tried again."""
    charge = charges.attempt(world, intent, method, "failed")
    charges.fail(charge, decline)
    _to_error(intent, method, decline, charge["id"])
    world.emit("charge.failed", charge)
    world.emit("payment_intent.payment_failed", intent)
    return "requires_payment_method"


def fail_challenge(world: World, intent: Obj, method: Obj) -> str:
    """The reader did not pass 3-D Secure; no charge was made."""
    _to_error(intent, method, NOT_AUTHENTICATED, None)
    world.emit("payment_intent.payment_failed", intent)
    return "requires_payment_method"


def settle(world: World, intent: Obj, *, succeeded: bool) -> Obj:
    """The bank has decided about a `processing` payment.  Returns its charge."""
    if intent["status"] != "processing":
        raise Refusal(
            f"This payment is {intent['status']}; only a processing one can be settled.",
            code="payment_intent_unexpected_state",
        )
    charge = world.store.get("charge", intent["latest_charge"])
    intent["processing"] = None
    if succeeded:
        _received(world, intent, charge, None)
        return charge
    method = world.store.get("payment_method", intent["payment_method"])
    charges.fail(charge, BANK_REFUSED)
    _to_error(intent, method, BANK_REFUSED, charge["id"])
    world.emit("charge.failed", charge)
    world.emit("payment_intent.payment_failed", intent)
    return charge


def cancel(world: World, intent: Obj, reason: str | None) -> Obj:
    """Give up an intent that has not succeeded."""
    if intent["status"] not in CANCELABLE:
        raise Refusal(
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}.",
            code="payment_intent_unexpected_state",
        )
    intent |= {
        "status": "canceled",
        "canceled_at": world.clock.now(),
        "cancellation_reason": reason,
        "next_action": None,
    }
    world.emit("payment_intent.canceled", intent)
    return intent


def _received(world: World, intent: Obj, charge: Obj, dispute: str | None) -> str:
    intent |= {"status": "succeeded", "amount_received": intent["amount"], "next_action": None}
    charges.succeed(world, charge, dispute)
    world.emit("payment_intent.succeeded", intent)
    return "succeeded"


def _wait_for_bank(world: World, intent: Obj, method: Obj) -> str:
    charge = charges.attempt(world, intent, method, "pending")
    intent["status"] = "processing"
    world.emit("charge.pending", charge)
    world.emit("payment_intent.processing", intent)
    return "processing"


def _challenge(world: World, intent: Obj) -> str:
    intent |= {
        "status": "requires_action",
        "next_action": {
            "type": "redirect_to_url",
            "redirect_to_url": {"url": f"{world.base_url}/", "return_url": None},
        },
    }
    world.emit("payment_intent.requires_action", intent)
    return "requires_action"


def _wants_challenge(card: Card, *, present: bool) -> bool:
    return card.challenge == "always" or (card.challenge == "unless_set_up" and present)


def _to_error(intent: Obj, method: Obj, decline: Decline, charge: str | None) -> None:
    issuer = charge is not None and method["type"] == "card"
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "next_action": None,
        "last_payment_error": {
            "type": "card_error" if method["type"] == "card" else "invalid_request_error",
            "code": decline.code,
            "message": decline.message,
            "payment_method_type": method["type"],
            **({"decline_code": decline.decline_code} if issuer else {}),
            **({"charge": charge} if charge else {}),
        },
    }
