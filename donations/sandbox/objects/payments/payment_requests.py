"""What the API asks of a payment intent: to be made, changed, confirmed, captured, given up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects import catalogue, customers
from donations.sandbox.objects.billing import collecting
from donations.sandbox.objects.metadata import merged, update
from donations.sandbox.objects.payments import (
    captures,
    charges,
    descriptors,
    intent_terms,
    payments,
)
from donations.sandbox.refusals import Refusal
from donations.sandbox.world import presented

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

OPEN: Final = ("requires_payment_method", "requires_confirmation", "requires_action")
_PLAIN: Final = (
    "capture_method", "description", "receipt_email", "setup_future_usage", "shipping",
    "statement_descriptor", "statement_descriptor_suffix",
)  # fmt: skip
_ALWAYS: Final = frozenset({"metadata", "description", "receipt_email", "shipping", "expand"})
_FIXED: Final = ("amount", "currency", "customer")
_AUTOMATIC: Final = {"enabled": True, "allow_redirects": "always"}


def create(world: World, given: Obj) -> Obj:
    """Make a payment intent, and confirm it if asked to.  Raises the `Refusal` Stripe would."""
    currency = catalogue.known_currency(given["currency"], "currency")
    catalogue.check_amount(given["amount"], currency, "amount")
    intent_terms.check_unconfirmed(given, "payment_intent")
    if "automatic_payment_methods" in given and "confirmation_method" in given:
        raise Refusal(
            "You may only specify one of these parameters: automatic_payment_methods, "
            "confirmation_method.",
            param="confirmation_method",
        )
    descriptors.check(given)
    customer = given.get("customer")
    if customer:
        customers.live(world, customer, "customer")
    terms = intent_terms.kept_terms(given)
    types = intent_terms.offered(given, currency)
    data = merged({}, given.get("metadata"))
    method = intent_terms.chosen_method(world, given, customer)
    automatic = None if "confirmation_method" in given else _AUTOMATIC
    intent = payments.open_intent(
        world,
        given["amount"],
        currency,
        **{name: given[name] for name in _PLAIN if name in given},
        **{"automatic_payment_methods": automatic} | terms,
        confirmation_method=given.get("confirmation_method", "automatic"),
        customer=customer,
        metadata=data,
        payment_method=method and method["id"],
        payment_method_types=types,
        status="requires_confirmation" if method else "requires_payment_method",
    )
    return confirm(world, intent, given, method) if given.get("confirm") else intent


def change(world: World, intent: Obj, given: Obj) -> Obj:
    """Lay `given` over the intent, as far as its state lets it."""
    for name in given:
        if name not in _ALWAYS and intent["status"] not in OPEN:
            raise Refusal(
                f"This PaymentIntent's {name} could not be updated because it has a status of "
                f"{intent['status']}. You may only update the {name} of a PaymentIntent with one "
                f"of the following statuses: {', '.join(OPEN)}.",
                code="payment_intent_unexpected_state",
                param=name,
                payment_intent=presented(intent),
            )
        if name in _FIXED and (intent.get("_invoice") or intent.get("_session")):
            raise Refusal(
                f"The {name} of a PaymentIntent that belongs to an invoice or a Checkout Session "
                "cannot be changed.",
                code="payment_intent_unexpected_state",
                param=name,
            )
    descriptors.check(given)
    named: str = given.get("currency") or intent["currency"]
    amount: int = given.get("amount") or intent["amount"]
    currency = catalogue.known_currency(named, "currency")
    catalogue.check_amount(amount, currency, "amount")
    if given.get("customer"):
        customers.live(world, given["customer"], "customer")
    customer = given.get("customer") or intent["customer"]
    method = intent_terms.chosen_method(world, given, customer)
    terms = intent_terms.kept_terms(given)
    update(intent, given, *(name for name in _PLAIN if name in given))
    intent |= {"amount": amount, "currency": currency, "customer": customer} | terms
    intent["payment_method_types"] = intent_terms.offered(intent, currency)
    if method:
        intent |= {
            "payment_method": method["id"],
            "status": "requires_confirmation",
            "next_action": None,
        }
    return intent


def confirm(world: World, intent: Obj, given: Obj, method: Obj | None = None) -> Obj:
    """Try to take the money.  A decline raises the 402 `Refusal` with the intent inside."""
    if intent["status"] not in OPEN:
        done = "already succeeded" if intent["status"] == "succeeded" else "been confirmed"
        raise Refusal(
            f"You cannot confirm this PaymentIntent because it has {done} after being previously "
            f"confirmed; its status is {intent['status']}.",
            code="payment_intent_unexpected_state",
            payment_intent=presented(intent),
        )
    method = method or _method(world, intent, given)
    intent["_return_url"] = given.get("return_url") or intent.get("_return_url")
    intent["_no_action"] = bool(given.get("error_on_requires_action"))
    acceptance = intent_terms.check_confirmation(world, intent, method, given)
    descriptors.check_for(method, intent)
    status = payments.confirm(
        world,
        intent,
        method,
        present=not given.get("off_session"),
        authenticated=intent.pop("_authenticated", None) == method["id"],
        acceptance=acceptance,
    )
    if status == "requires_payment_method":
        raise declined(intent)
    follow(world, intent)
    return intent


def follow(world: World, intent: Obj) -> None:
    """What hangs on a payment that its reader made hears of it: an invoice, the books."""
    if intent["status"] == "succeeded":
        collecting.intent_succeeded(world, intent)
        charges.tell_booked(world, world.store.get("charge", intent["latest_charge"]))


def capture(world: World, intent: Obj, given: Obj) -> Obj:
    """Take what is held on the card, or a part of it."""
    if given.get("final_capture") is False:
        raise Refusal(
            "This PaymentIntent does not support more than one capture.", param="final_capture"
        )
    descriptors.check(given)
    update(intent, given, *(n for n in ("statement_descriptor_suffix",) if n in given))
    charge = captures.capture(world, intent, given.get("amount_to_capture"))
    charges.tell_booked(world, charge)
    return intent


def cancel(world: World, intent: Obj, reason: str | None) -> Obj:
    """Give up an intent, unless its payment is under way already."""
    if intent["status"] == "processing":
        raise Refusal(
            "You cannot cancel this PaymentIntent because its payment is being processed.",
            code="payment_intent_unexpected_state",
            payment_intent=presented(intent),
        )
    return payments.cancel(world, intent, reason)


def declined(intent: Obj) -> Refusal:
    """The 402 for a payment that was just refused."""
    return intent_terms.declined(intent, intent["last_payment_error"])


def _method(world: World, intent: Obj, given: Obj) -> Obj:
    """The method to confirm with; what else a confirmation may change is changed."""
    named = {
        name: value
        for name, value in given.items()
        if name in (*_PLAIN, "payment_method", "payment_method_data", "payment_method_options",
                    "allowed_payment_method_types", "excluded_payment_method_types")
    }  # fmt: skip
    if named:
        change(world, intent, named)
    method = world.store.find("payment_method", intent["payment_method"])
    if method is None:
        raise Refusal(
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can "
            "either update the PaymentIntent with a payment method and then confirm it again, or "
            "confirm it again directly with a payment method or ConfirmationToken.",
            code="payment_intent_unexpected_state",
            payment_intent=presented(intent),
        )
    intent_terms.check_owner(method, intent["customer"])
    return method
