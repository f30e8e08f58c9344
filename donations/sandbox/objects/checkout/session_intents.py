"""The payment or setup intent behind a Checkout Session; one serves all its tries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects.payments import payments, setup_intents
from donations.sandbox.refusals import Refusal
from donations.sandbox.world import cloned

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

_KEPT_AS_GIVEN: Final = (
    "capture_method", "description", "receipt_email", "setup_future_usage",
    "statement_descriptor", "statement_descriptor_suffix",
)  # fmt: skip


def find(world: World, session: Obj) -> Obj | None:
    """The intent, if there is one yet."""
    if session["_collects"] == "setup":
        return world.store.find("setup_intent", session.get("_setup"))
    return world.store.find("payment_intent", session.get("_intent"))


def open_one(world: World, session: Obj, customer: str | None) -> Obj:
    """Open the intent, at the first try."""
    if session["_collects"] == "setup":
        intent = setup_intents.open_setup(world, customer=customer)
        session["_setup"] = intent["id"]
    else:
        amount, currency = session["amount_total"], session["currency"]
        terms = _terms(session)
        intent = payments.open_intent(world, amount, currency, customer=customer, **terms)
        session["_intent"] = intent["id"]
    intent["_session"] = session["id"]
    return intent


def confirm(world: World, session: Obj, method: Obj, *, authenticated: bool) -> str:
    """Try `method`, its owner being at the page.  Returns the status of the intent."""
    intent = find(world, session) or {}
    if session["_collects"] == "setup":
        return setup_intents.confirm(
            world, intent, method, present=True, authenticated=authenticated
        )
    return payments.confirm(world, intent, method, present=True, authenticated=authenticated)


def fail_challenge(world: World, session: Obj, method: Obj) -> str:
    """The reader did not pass 3-D Secure.  Returns the status of the intent."""
    intent = find(world, session) or {}
    if session["_collects"] == "setup":
        return setup_intents.fail_challenge(world, intent, method)
    return payments.fail_challenge(world, intent, method)


def refuse_from_outside(world: World, intent: Obj) -> None:
    """Raise the `Refusal` Stripe would to an API call that confirms or gives up such an intent.

    While its session is open only the page may; to give it up, the session is expired.
    """
    session = world.store.find("checkout.session", intent.get("_session"))
    if session and session["status"] == "open":
        kind = "SetupIntent" if intent["object"] == "setup_intent" else "PaymentIntent"
        raise Refusal(
            f"You cannot perform this action on {kind}s created by Checkout.",
            code=f"{intent['object']}_unexpected_state",
        )


def _terms(session: Obj) -> Obj:
    options = {"payment_method_options": cloned(session["payment_method_options"])}
    if session["mode"] == "subscription":
        says = "Subscription creation"
        return options | {"description": says, "setup_future_usage": "off_session"}
    data = session["_payment_intent_data"]
    terms = {name: data[name] for name in _KEPT_AS_GIVEN if data.get(name) is not None}
    return options | terms | {"metadata": dict(data.get("metadata") or {})}
