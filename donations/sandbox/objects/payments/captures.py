"""Amounts held on a card until they are captured, released or forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects.methods.payment_methods import card_of
from donations.sandbox.objects.money import disputes
from donations.sandbox.objects.payments import charges
from donations.sandbox.refusals import Refusal
from donations.sandbox.world import presented

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

HELD_FOR: Final = 7 * 86_400
HELD_BY_VISA_OFF_SESSION: Final = (4 * 24 + 18) * 3600
"""Seconds.  Source: docs.stripe.com/payments/place-a-hold-on-a-payment-method."""


def hold(world: World, intent: Obj, charge: Obj, *, present: bool) -> str:
    """The issuer keeps the amount ready for some days.  Returns the intent's status."""
    card = charge["payment_method_details"]["card"]
    short = card["brand"] == "visa" and not present
    until = world.clock.now() + (HELD_BY_VISA_OFF_SESSION if short else HELD_FOR)
    card["capture_before"] = until
    intent |= {
        "status": "requires_capture",
        "amount_capturable": intent["amount"],
        "next_action": None,
        "_held_until": until,
    }
    world.timeline.expect(until, "capture.expire", intent["id"])
    world.emit("charge.succeeded", charge)
    world.emit("payment_intent.amount_capturable_updated", intent)
    return "requires_capture"


def capture(world: World, intent: Obj, amount: int | None = None) -> Obj:
    """Take what is held, or `amount` of it; the rest goes back to the card.  Returns the charge.

    The caller sends `charge.updated` (`charges.tell_booked`) after its own events.
    """
    if intent["status"] != "requires_capture":
        raise Refusal(
            f"This PaymentIntent could not be captured because it has a status of "
            f"{intent['status']}. Only a PaymentIntent with one of the following statuses may be "
            "captured: requires_capture.",
            code="payment_intent_unexpected_state",
            payment_intent=presented(intent),
        )
    held: int = intent["amount_capturable"]
    taken = held if amount is None else amount
    if not 0 < taken <= held:
        raise Refusal(
            f"The amount to capture ({taken}) must be positive and at most the amount held "
            f"({held}).",
            code="amount_too_large" if taken > held else "parameter_invalid_integer",
            param="amount_to_capture",
        )
    charge = world.store.get("charge", intent["latest_charge"])
    charge |= {"captured": True, "amount_captured": taken, "amount_refunded": held - taken}
    charges.take(world, charge)
    intent |= {"status": "succeeded", "amount_received": taken, "amount_capturable": 0}
    session = world.store.find("checkout.session", intent.get("_session"))
    if session:
        session["payment_status"] = "paid"
    world.emit("charge.captured", charge, {"captured": False})
    world.emit("payment_intent.succeeded", intent)
    card = card_of(world.store.get("payment_method", charge["payment_method"]))
    if card and card.dispute:
        disputes.open_dispute(world, charge, card.dispute)
    return charge


def release(world: World, intent: Obj) -> None:
    """Let go of what is held, or of a debit under way: no money moves."""
    charge = world.store.get("charge", intent["latest_charge"])
    if intent["status"] == "processing":
        charge |= {"status": "failed", "paid": False, "captured": False}
        return
    lapsed = intent.get("_held_until", 0) <= world.clock.now()
    before = {"amount_refunded": charge["amount_refunded"], "refunded": False}
    charge |= {"amount_refunded": charge["amount"], "refunded": True}
    world.emit("charge.expired" if lapsed else "charge.refunded", charge, before)
