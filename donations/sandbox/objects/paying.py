"""What the reader does on the hosted page: tries a card, passes 3-D Secure, is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from donations.sandbox.cards import BY_NUMBER, GENERIC
from donations.sandbox.objects import (
    charges,
    checkout,
    customers,
    invoices,
    payment_methods,
    payments,
    renewals,
    subscriptions,
)
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, checked: a card number without spaces, expiry as (month, year)."""

    email: str
    name: str
    method: str
    card_number: str = ""
    expiry: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """`state`: complete, challenge or declined; a decline has its sentence and its field."""

    state: str
    message: str = ""
    field: str = ""


COMPLETE: Final = Outcome("complete")
CHALLENGE: Final = Outcome("challenge")


def pay(world: World, session: Obj, typed: Typed) -> Outcome:
    """Try to pay an open session.  Raises `Refusal` if it is not open."""
    if session["status"] != "open":
        raise Refusal(f"This session is {session['status']}.")
    card = BY_NUMBER.get(typed.card_number)
    if typed.method == "card" and card is None:
        return Outcome("declined", GENERIC.message, GENERIC.field)
    billing = {
        "email": typed.email,
        "name": typed.name,
        "address": {"country": card.country if card else "DE"},
    }
    method = (
        payment_methods.card_method(world, card, billing, typed.expiry)
        if card
        else payment_methods.bank_method(world, billing)
    )
    session["_typed"] = {"email": typed.email, "name": typed.name, "method": method["id"]}
    status = payments.confirm(world, _intent(world, session), method, present=True)
    return _after(world, session, status)


def answer_challenge(world: World, session: Obj, *, passed: bool) -> Outcome:
    """The reader has passed or failed 3-D Secure."""
    intent = _intent(world, session)
    if session["status"] != "open" or intent["status"] != "requires_action":
        raise Refusal("This payment does not wait for authentication.")
    method = world.store.get("payment_method", session["_typed"]["method"])
    if not passed:
        return _after(world, session, payments.fail_challenge(world, intent, method))
    status = payments.confirm(world, intent, method, present=True, authenticated=True)
    return _after(world, session, status)


def settle(world: World, intent: Obj, *, succeeded: bool) -> Obj | None:
    """The bank decides about a delayed payment; the session it came from tells, and is returned."""
    renewals.settle(world, intent, succeeded=succeeded)
    session = world.store.find("checkout.session", intent.get("_session"))
    if session:
        session["payment_status"] = "paid" if succeeded else "unpaid"
        verdict = "succeeded" if succeeded else "failed"
        world.emit(f"checkout.session.async_payment_{verdict}", session)
    return session


def _intent(world: World, session: Obj) -> Obj:
    """The session's payment intent; one serves all tries."""
    kept = world.store.find("payment_intent", session.get("_intent"))
    if kept:
        return kept
    if session["mode"] == "subscription":
        terms: Obj = {"description": "Subscription creation", "setup_future_usage": "off_session"}
    else:
        data = session["_intent_data"]
        names = (
            "description",
            "receipt_email",
            "statement_descriptor_suffix",
            "setup_future_usage",
        )
        terms = {name: data.get(name) for name in names}
        terms["metadata"] = dict(data.get("metadata") or {})
    customer = _customer(world, session)
    intent = payments.open_intent(
        world,
        session["amount_total"],
        session["currency"],
        customer=customer and customer["id"],
        **terms,
    )
    session["_intent"], intent["_session"] = intent["id"], session["id"]
    return intent


def _customer(world: World, session: Obj) -> Obj | None:
    """The session's customer, made at the first try where one is wanted."""
    identifier = session["customer"] or session.get("_customer")
    if identifier:
        return world.store.get("customer", identifier)
    if session["mode"] == "payment" and session["customer_creation"] != "always":
        return None
    typed = session["_typed"]
    customer = customers.create(world, {"email": typed["email"], "name": typed["name"]})
    session["_customer"] = customer["id"]
    return customer


def _after(world: World, session: Obj, status: str) -> Outcome:
    intent = _intent(world, session)
    if status == "requires_action":
        return CHALLENGE
    if status == "requires_payment_method":
        error = intent["last_payment_error"] or {}
        card = BY_NUMBER.get(
            world.store.get("payment_method", session["_typed"]["method"]).get("_number", "")
        )
        field = card.decline.field if card and card.decline else GENERIC.field
        return Outcome("declined", str(error.get("message")), field)
    _complete(world, session, intent)
    return COMPLETE


def _complete(world: World, session: Obj, intent: Obj) -> None:
    """The session's end: the subscription begins, the session says so, the books follow."""
    typed = session["_typed"]
    paid = intent["status"] == "succeeded"
    method = world.store.get("payment_method", typed["method"])
    customer = _customer(world, session)
    if customer and (session["mode"] == "subscription" or intent["setup_future_usage"]):
        payment_methods.attach(world, method, customer["id"])
    if customer and session["mode"] == "subscription":
        _subscribe(world, session, customer, method, intent)
    else:
        session["payment_intent"] = intent["id"]
    session |= {
        "customer": customer and customer["id"],
        "customer_details": {
            "email": typed["email"],
            "name": typed["name"],
            "address": _address(method),
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
            "business_name": None,
            "individual_name": None,
        },
        "payment_status": "paid" if paid else "unpaid",
        "status": "complete",
        "url": None,
    }
    world.emit("checkout.session.completed", session)
    if paid:
        charges.tell_booked(world, world.store.get("charge", intent["latest_charge"]))


def _subscribe(world: World, session: Obj, customer: Obj, method: Obj, intent: Obj) -> None:
    line = checkout.line_items(session)[0]
    given = session["_subscription_data"]
    subscription = subscriptions.begin(world, customer, line, method, given)
    invoice = invoices.draw_up(world, subscription, "subscription_create")
    invoices.finalize(world, invoice)
    invoices.link(world, invoice, intent)
    session |= {"subscription": subscription["id"], "invoice": invoice["id"]}
    invoice |= {"attempted": True, "attempt_count": 1}
    if intent["status"] == "succeeded":
        invoices.mark_paid(world, invoice)
    subscriptions.set_status(world, subscription, "active")


def _address(method: Obj) -> Obj:
    blank = dict.fromkeys(("city", "line1", "line2", "postal_code", "state"))
    return blank | {"country": method["billing_details"]["address"]["country"]}
