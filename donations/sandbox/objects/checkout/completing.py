"""The end of a Checkout Session: customer, method, subscription, and everything it then says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.objects import customers
from donations.sandbox.objects.checkout import (
    checkout_fields,
    joining,
    purchase_invoices,
    saved_methods,
)
from donations.sandbox.objects.methods import payment_methods
from donations.sandbox.objects.payments import charges

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World


def redisplay(session: Obj, *, save: bool) -> str:
    """What a new method's `allow_redisplay` is.

    Source: support.stripe.com/questions/prefilling-saved-cards-in-checkout.
    """
    override: str | None = session["_payment_method_data"].get("allow_redisplay")
    if override:
        return override
    if session["mode"] == "setup" or (save and saved_methods.may_save(session)):
        return "always"
    used_again = session["mode"] == "subscription" or session["_payment_intent_data"].get(
        "setup_future_usage"
    )
    return "limited" if used_again else "unspecified"


def future_usage(session: Obj) -> str | None:
    """What a payment's method is kept for: as the caller says, else as the reader wishes."""
    asked: str | None = session["_payment_intent_data"].get("setup_future_usage")
    wished = session["_typed"]["save"] and saved_methods.may_save(session)
    return asked or ("on_session" if wished else None)


def customer_of(world: World, session: Obj) -> Obj | None:
    """The session's customer, made at the first try where one is wanted.

    One made here follows what is typed at a later try.
    """
    if session["customer"]:
        return world.store.get("customer", session["customer"])
    if not _wants_customer(session):
        return None
    typed = session["_typed"]
    known = {
        "email": typed["email"],
        "name": typed["name"],
        "phone": typed["phone"],
        "address": _address(typed, world.store.find("payment_method", typed["method"])),
        "business_name": typed["business_name"],
        "individual_name": typed["individual_name"],
    }
    given = {name: value for name, value in known.items() if value}
    made = world.store.find("customer", session.get("_customer"))
    if made:
        return customers.change(world, made, given)
    made = customers.create(world, given | {"preferred_locales": [typed["language"]]})
    session["_customer"] = made["id"]
    return made


def complete(world: World, session: Obj, method: Obj | None, payment: Obj | None) -> None:
    """The subscription begins, the session says so, the books follow.

    `payment` is the payment intent; None where nothing was due.
    """
    customer = customer_of(world, session)
    if customer:
        if method and (session["mode"] != "payment" or future_usage(session)):
            payment_methods.attach(world, method, customer["id"])
        _update_customer(world, session, method, customer)
        _bill(world, session, customer, method, payment)
    if session["mode"] == "payment":
        session["payment_intent"] = payment and payment["id"]
    paid = payment is not None and payment["status"] == "succeeded"
    session |= _answers(session, method) | {
        "customer": customer and customer["id"],
        "payment_status": "paid" if paid else session["payment_status"],
        "status": "complete",
        "url": None,
    }
    world.emit("checkout.session.completed", session)
    if payment and paid:
        charges.tell_booked(world, world.store.get("charge", payment["latest_charge"]))


def note_interest(session: Obj, email: str) -> None:
    """Keep the address of a reader who agrees to be written to, also if they never pay.

    Source: the SDK's `Session.CustomerDetails.email`; docs /payments/checkout/abandoned-carts.
    """
    session["consent"] = {"promotions": "opt_in", "terms_of_service": None}
    session["customer_details"] = (session["customer_details"] or _nobody()) | {"email": email}


def _nobody() -> Obj:
    names = ("address", "business_name", "individual_name", "name", "phone", "tax_ids")
    return dict.fromkeys(names) | {"tax_exempt": "none"}


def _wants_customer(session: Obj) -> bool:
    invoiced = session["mode"] == "payment" and session["invoice_creation"]["enabled"]
    always = session["mode"] == "subscription" or session["customer_creation"] == "always"
    return bool(always or invoiced)


def _bill(
    world: World, session: Obj, customer: Obj, method: Obj | None, payment: Obj | None
) -> None:
    if session["mode"] == "subscription":
        joining.join(world, session, customer, method, payment)
    elif session["mode"] == "payment" and session["invoice_creation"]["enabled"]:
        session["invoice"] = purchase_invoices.issue(world, session, customer, payment)["id"]


def _update_customer(world: World, session: Obj, method: Obj | None, customer: Obj) -> None:
    """Write on a customer given by the caller what the caller lets the page write."""
    allowed, typed = session["_customer_update"], session["_typed"]
    given: Obj = {} if customer["email"] else {"email": typed["email"]}
    if allowed.get("name") == "auto":
        given["name"] = typed["name"]
    if allowed.get("address") == "auto":
        given["address"] = _address(typed, method)
    if given:
        customers.change(world, customer, given)


def _answers(session: Obj, method: Obj | None) -> Obj:
    """What the reader told the page, where the session says it."""
    typed, asked = session["_typed"], session["consent_collection"]
    names = {
        "business_name": typed["business_name"] or None,
        "individual_name": typed["individual_name"] or None,
    }
    details = {
        "email": typed["email"],
        "name": typed["name"],
        "address": None if session["mode"] == "setup" else _address(typed, method),
        "phone": typed["phone"] or None,
        "tax_ids": [],
        **names,
    }
    fields = [
        checkout_fields.valued(field, typed["custom"].get(field["key"]))
        for field in session["custom_fields"]
    ]
    return {
        "consent": _consent(typed) if asked else None,
        "collected_information": names | {"shipping_details": None},
        "custom_fields": fields,
        "customer_details": _nobody() | details,
    }


def _consent(typed: Obj) -> Obj:
    promotions = {True: "opt_in", False: "opt_out"}.get(typed["promotions"])
    return {
        "promotions": promotions,
        "terms_of_service": "accepted" if typed["terms"] else None,
    }


def _address(typed: Obj, method: Obj | None) -> Obj:
    """The address typed, else what the method tells of it."""
    blank = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    billing = (method or {}).get("billing_details") or {}
    return blank | (typed["address"] or billing.get("address") or {})
