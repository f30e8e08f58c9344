"""The portal's form for a new payment method, and the bank's question about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import redirect, request

from donations.sandbox.cards import BY_NUMBER, GENERIC, OTHERS, SUGGESTED
from donations.sandbox.objects.methods import ibans, payment_methods
from donations.sandbox.objects.payments import setup_intents
from donations.sandbox.objects.portal import portal_changes
from donations.sandbox.pages.payment import languages
from donations.sandbox.pages.payment import typed as form_reading
from donations.sandbox.pages.payment.questions import Questions
from donations.sandbox.pages.portal.portal_methods import why
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response

    from donations.sandbox import Obj
    from donations.sandbox.objects.checkout.paying import Typed
    from donations.sandbox.pages.portal.portal_visit import Door, Visit

OFFERED: Final = ("card", "sepa_debit")
_PLAIN_PAGE: Final = {
    "customer": "of the session",
    "customer_email": None,
    "payment_method_types": list(OFFERED),
    "saved_payment_method_options": None,
    "billing_address_collection": "auto",
    "phone_number_collection": {"enabled": False},
    "name_collection": None,
    "custom_fields": [],
    "consent_collection": None,
    "allow_promotion_codes": False,
}
_FILLED_IN: Final = {"expiry": "12 / 34", "cvc": "123"}
_NOBODY: Final = "nobody@example.com"
_UNPROCESSABLE: Final = 422
_DECLINED: Final = 402


def add_pages(page: Door) -> None:
    """The pages under `/payment-method`."""

    @page("GET POST", "/payment-method")
    def portal_add_method(visit: Visit) -> Response | tuple[str, int]:
        visit.require("payment_method_update")
        if request.method == "GET":
            return _form(visit, {}, {})
        if request.form.get("pick"):
            return _form(visit, _picked(visit), {})
        say = languages.named(visit.language.code)
        typed, wrong = form_reading.read(
            request.form, _questions(visit), visit.world.clock.now(), say
        )
        if wrong:
            return _form(visit, request.form, wrong, _UNPROCESSABLE)
        return _set_up(visit, typed)

    _add_challenge(page)


def _add_challenge(page: Door) -> None:
    @page("GET POST", "/payment-method/challenge")
    def portal_challenge(visit: Visit) -> Response | tuple[str, int]:
        setup = _setup_of(visit)
        if setup is None or setup["status"] != "requires_action":
            return redirect(visit.at("payment-method"), 303)
        if request.method == "GET":
            return visit.page("portal_challenge.html")
        method = visit.world.store.get("payment_method", visit.session["_trying"]["method"])
        if request.form.get("outcome") == "complete":
            status = setup_intents.confirm(
                visit.world, setup, method, present=True, authenticated=True
            )
        else:
            status = setup_intents.fail_challenge(visit.world, setup, method)
        return _onward(visit, setup, method, status)


def _questions(visit: Visit) -> Questions:
    """What the form asks is what a payment page asks at its plainest."""
    email = visit.customer["email"] or _NOBODY
    return Questions(_PLAIN_PAGE | {"customer_details": {"email": email}})


def _picked(visit: Visit) -> dict[str, str]:
    """The form with a test card filled in and everything typed kept."""
    filled = _FILLED_IN | {"name": visit.customer["name"] or ""}
    typed = {name: value for name, value in request.form.items() if value}
    picked = request.form["pick"]
    if picked in ibans.TEST_IBANS:
        return filled | typed | {"iban": picked, "method": "sepa_debit"}
    return filled | typed | {"card_number": picked, "method": "card"}


def _payers(visit: Visit) -> list[Obj]:
    """The subscriptions to be paid with the new method: those chosen; all, before it is sent."""
    living = portal_changes.living(visit.world, visit.customer)
    if request.method == "GET":
        return living
    chosen = request.form.getlist("payer")
    return [each for each in living if each["id"] in chosen]


def _form(
    visit: Visit, values: Mapping[str, str], wrong: Mapping[str, str], status: int = 200
) -> tuple[str, int]:
    return visit.page(
        "portal_method.html",
        status,
        values=values,
        wrong=wrong,
        offered=OFFERED,
        suggested=SUGGESTED,
        others=OTHERS,
        accounts=ibans.SUGGESTED,
        living=portal_changes.living(visit.world, visit.customer),
        payers=[each["id"] for each in _payers(visit)],
    )


def _set_up(visit: Visit, typed: Typed) -> Response | tuple[str, int]:
    world = visit.world
    try:
        method = _made(visit, typed)
    except Refusal as refusal:  # a test account that takes no debits
        return _form(visit, request.form, {"iban": str(refusal)}, _DECLINED)
    setup = _setup_of(visit) or setup_intents.open_setup(world, customer=visit.customer["id"])
    setup["payment_method_types"] = [method["type"]]
    visit.session["_trying"] = {
        "setup": setup["id"],
        "method": method["id"],
        "name": typed.name,
        "payers": [each["id"] for each in _payers(visit)],
    }
    status = setup_intents.confirm(world, setup, method, present=True)
    return _onward(visit, setup, method, status)


def _made(visit: Visit, typed: Typed) -> Obj:
    card = BY_NUMBER.get(typed.card_number)
    country = card.country if card else typed.iban[:2]
    billing = {
        "email": visit.customer["email"],
        "name": typed.name,
        "address": {"country": country},
    }
    if card:
        return payment_methods.card_method(visit.world, card, billing, typed.expiry)
    return payment_methods.bank_method(visit.world, billing, typed.iban)


def _setup_of(visit: Visit) -> Obj | None:
    """The setup intent of the tries so far; one serves them all until it has succeeded."""
    trying = visit.session.get("_trying")
    setup = visit.world.store.find("setup_intent", trying["setup"]) if trying else None
    return setup if setup and setup["status"] in setup_intents.CONFIRMABLE else None


def _onward(visit: Visit, setup: Obj, method: Obj, status: str) -> Response | tuple[str, int]:
    if status == "requires_action":
        return redirect(visit.at("payment-method", "challenge"), 303)
    if status == "succeeded":
        trying = visit.session.pop("_trying")
        living = portal_changes.living(visit.world, visit.customer)
        payers = [each for each in living if each["id"] in trying["payers"]]
        portal_changes.use_method(visit.world, visit.customer, method, payers)
        return visit.done("method")
    card = payment_methods.card_of(method)
    field = (card.decline or GENERIC).field if card else "method"
    message = why(visit, setup["last_setup_error"] or {})
    kept = {"name": visit.session["_trying"]["name"]} | dict(request.form)
    return _form(visit, kept, {field: message}, _DECLINED)
