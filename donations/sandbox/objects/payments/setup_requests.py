"""What the API asks of a setup intent: to be made, changed, confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.objects import customers
from donations.sandbox.objects.metadata import merged, update
from donations.sandbox.objects.payments import intent_terms, setup_intents
from donations.sandbox.refusals import Refusal
from donations.sandbox.world import presented

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World


def create(world: World, given: Obj) -> Obj:
    """Make a setup intent, and confirm it if that is asked.  Raises the `Refusal` Stripe would."""
    intent_terms.check_unconfirmed(given, "setup_intent")
    customer = given.get("customer")
    if customer:
        customers.live(world, customer, "customer")
    terms = intent_terms.kept_terms(given)
    types = intent_terms.offered(given)
    data = merged({}, given.get("metadata"))
    method = intent_terms.chosen_method(world, given, customer)
    setup = setup_intents.open_setup(
        world,
        customer=customer,
        usage=given.get("usage", "off_session"),
        **{"automatic_payment_methods": {"enabled": True, "allow_redirects": "always"}} | terms,
        description=given.get("description"),
        metadata=data,
        payment_method=method and method["id"],
        payment_method_types=types,
        status="requires_confirmation" if method else "requires_payment_method",
    )
    return confirm(world, setup, given, method) if given.get("confirm") else setup


def change(world: World, setup: Obj, given: Obj) -> Obj:
    """Lay `given` over the setup intent, as far as its state lets it."""
    beyond = set(given) - {"metadata", "description", "expand"}
    if beyond and setup["status"] not in setup_intents.CONFIRMABLE:
        raise _unexpected(setup, "update")
    if given.get("customer"):
        customers.live(world, given["customer"], "customer")
    customer = given.get("customer") or setup["customer"]
    method = intent_terms.chosen_method(world, given, customer)
    terms = intent_terms.kept_terms(given)
    update(setup, given, *(name for name in ("description",) if name in given))
    setup |= {"customer": customer} | terms
    setup["payment_method_types"] = intent_terms.offered(setup)
    if method:
        setup |= {
            "payment_method": method["id"],
            "status": "requires_confirmation",
            "next_action": None,
        }
    return setup


def confirm(world: World, setup: Obj, given: Obj, method: Obj | None = None) -> Obj:
    """Try to set the method up.  A decline raises the 402 `Refusal` with the intent inside."""
    if setup["status"] not in setup_intents.CONFIRMABLE:
        raise _unexpected(setup, "confirm")
    method = method or _method(world, setup, given)
    setup["_return_url"] = given.get("return_url") or setup.get("_return_url")
    acceptance = intent_terms.check_confirmation(world, setup, method, given)
    status = setup_intents.confirm(world, setup, method, present=True, acceptance=acceptance)
    if status == "requires_payment_method":
        raise declined(setup)
    return setup


def declined(setup: Obj) -> Refusal:
    """The 402 for a method that was just refused."""
    return intent_terms.declined(setup, setup["last_setup_error"])


def _method(world: World, setup: Obj, given: Obj) -> Obj:
    names = (
        "payment_method", "payment_method_data", "payment_method_options",
        "allowed_payment_method_types",
    )  # fmt: skip
    named = {name: given[name] for name in names if name in given}
    if named:
        change(world, setup, named)
    method = world.store.find("payment_method", setup["payment_method"])
    if method is None:
        raise Refusal(
            "You cannot confirm this SetupIntent because it's missing a payment method. Update the "
            "SetupIntent with a payment method and then confirm it again.",
            code="setup_intent_unexpected_state",
            setup_intent=presented(setup),
        )
    intent_terms.check_owner(method, setup["customer"])
    return method


def _unexpected(setup: Obj, verb: str) -> Refusal:
    return Refusal(
        f"You cannot {verb} this SetupIntent because it has a status of {setup['status']}.",
        code="setup_intent_unexpected_state",
        setup_intent=presented(setup),
    )
