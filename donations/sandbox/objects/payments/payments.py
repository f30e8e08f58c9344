"""Payment intents: opened, confirmed with a method, settled when the method is a slow one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.cards import GENERIC, Card, Decline, declines
from donations.sandbox.objects.methods import bank_debits, payment_methods
from donations.sandbox.objects.methods.payment_methods import card_of
from donations.sandbox.objects.payments import captures, challenges, charges
from donations.sandbox.refusals import Refusal
from donations.sandbox.world import cloned, presented

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.timeline import Due
    from donations.sandbox.world import World

CANCELABLE: Final = (
    "requires_payment_method", "requires_capture", "requires_confirmation", "requires_action",
    "processing",
)  # fmt: skip


def open_intent(world: World, amount: int, currency: str, **more: object) -> Obj:
    """Make a payment intent that waits for a payment method, and tell."""
    usual: Obj = {
        "capture_method": "automatic_async",
        "confirmation_method": "automatic",
        "status": "requires_payment_method",
        "payment_method_types": ["card"],
        "amount_details": {"tip": {}},
        "automatic_payment_methods": None,
        "metadata": {},
    }
    intent = world.make("payment_intent", "pi", amount=amount, currency=currency, **usual | more)
    intent["client_secret"] = f"{intent['id']}_secret_{world.store.new_id('x')[2:]}"
    world.emit("payment_intent.created", intent)
    return intent


def confirm(
    world: World,
    intent: Obj,
    method: Obj,
    *,
    present: bool,
    authenticated: bool = False,
    acceptance: Obj | None = None,
) -> str:
    """Try to take the money; `present` says a reader is at the page.  Returns the intent's status.

    `acceptance` is the `customer_acceptance` of a bank account's mandate.  The caller sends
    `charge.updated` (`charges.tell_booked`) after its own events.
    """
    intent |= {"payment_method": method["id"], "last_payment_error": None, "next_action": None}
    if method["type"] not in intent["payment_method_types"]:
        intent["payment_method_types"] = [method["type"]]
    card = card_of(method)
    if card is None:
        _keep_method(world, intent, method)
        return bank_debits.begin(world, intent, method, acceptance)
    if not authenticated and challenges.wanted(intent, method, present=present):
        if not present:
            return refuse(world, intent, method, declines.AUTHENTICATION_REQUIRED)
        if intent.get("_no_action"):
            return refuse(world, intent, method, declines.AUTHENTICATION_NOT_HANDLED)
        return _challenge(world, intent)
    decline = _decline_of(world, method, card, present=present)
    if decline:
        return refuse(world, intent, method, decline, blocked=decline is declines.BLOCKED)
    return _take(world, intent, method, present=present, authenticated=authenticated)


def refuse(
    world: World, intent: Obj, method: Obj, decline: Decline, *, blocked: bool = False
) -> str:
    """The attempt failed: a failed charge, the error on the intent, which may be tried again.

    `blocked`: Stripe itself refused, without asking the issuer.
    """
    charge = charges.attempt(world, intent, method, "failed")
    charges.fail(charge, decline, blocked=blocked)
    _to_error(intent, method, decline, charge["id"])
    world.emit("charge.failed", charge)
    world.emit("payment_intent.payment_failed", intent)
    return "requires_payment_method"


def fail_challenge(world: World, intent: Obj, method: Obj) -> str:
    """The reader did not pass 3-D Secure; no charge was made."""
    _to_error(intent, method, declines.NOT_AUTHENTICATED, None)
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
    method = world.store.get("payment_method", intent["payment_method"])
    intent["processing"] = None
    if succeeded:
        charges.succeed(world, charge, bank_debits.dispute_of(method))
        _received(world, intent)
        return charge
    decline = bank_debits.decline_of(method)
    charges.fail(charge, decline)
    _to_error(intent, method, decline, charge["id"])
    world.emit("charge.failed", charge)
    world.emit("payment_intent.payment_failed", intent)
    return charge


def cancel(world: World, intent: Obj, reason: str | None) -> Obj:
    """Give up an intent that has not succeeded; an amount held on a card is let go."""
    if intent["status"] not in CANCELABLE:
        raise Refusal(
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. "
            "Only a PaymentIntent with one of the following statuses may be canceled: "
            f"{', '.join(CANCELABLE)}.",
            code="payment_intent_unexpected_state",
            payment_intent=presented(intent),
        )
    if intent["status"] in ("requires_capture", "processing"):
        captures.release(world, intent)
    intent |= {
        "status": "canceled",
        "canceled_at": world.clock.now(),
        "cancellation_reason": reason,
        "next_action": None,
        "amount_capturable": 0,
    }
    world.emit("payment_intent.canceled", intent)
    return intent


def expire_hold(world: World, due: Due) -> None:
    """Nobody captured what was held on a card: the issuer lets go of it, and so does the intent."""
    intent = world.store.find("payment_intent", due.target)
    if intent and intent["status"] == "requires_capture" and intent.get("_held_until") == due.at:
        cancel(world, intent, "automatic")


def _take(world: World, intent: Obj, method: Obj, *, present: bool, authenticated: bool) -> str:
    _keep_method(world, intent, method)
    held = intent["capture_method"] == "manual"
    charge = charges.attempt(
        world, intent, method, "succeeded", authenticated=authenticated, captured=not held
    )
    if held:
        return captures.hold(world, intent, charge, present=present)
    card = card_of(method)
    if card:
        charges.succeed(world, charge, card.dispute, warned=card.early_fraud_warning)
    return _received(world, intent)


def _received(world: World, intent: Obj) -> str:
    intent |= {"status": "succeeded", "amount_received": intent["amount"], "next_action": None}
    world.emit("payment_intent.succeeded", intent)
    return "succeeded"


def _decline_of(world: World, method: Obj, card: Card, *, present: bool) -> Decline | None:
    if payment_methods.has_expired(world, method):
        return declines.EXPIRED
    if card.blocked:
        return declines.BLOCKED
    if card.attaches_only and (method["customer"] or not present):
        return card.decline or GENERIC
    return card.decline


def _keep_method(world: World, intent: Obj, method: Obj) -> None:
    """Keep the method for later as `setup_future_usage` says; else it is spent by this payment."""
    wanted = intent["setup_future_usage"]
    if wanted == "off_session":
        method["_set_up"] = True
    if wanted and intent["customer"]:
        payment_methods.attach(world, method, intent["customer"])
    elif not wanted and not method["customer"]:
        method["_spent"] = True


def _challenge(world: World, intent: Obj) -> str:
    intent |= {"status": "requires_action", "next_action": challenges.next_action(world, intent)}
    world.emit("payment_intent.requires_action", intent)
    return "requires_action"


def _to_error(intent: Obj, method: Obj, decline: Decline, charge: str | None) -> None:
    issuer = charge is not None and method["type"] == "card"
    error = declines.refusal(decline, charge=charge).error
    if not issuer:
        error.pop("decline_code", None)
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "next_action": None,
        "last_payment_error": error
        | {
            "type": "card_error" if method["type"] == "card" else "invalid_request_error",
            "payment_method": cloned(presented(method)),
            "payment_method_type": method["type"],
        },
    }
