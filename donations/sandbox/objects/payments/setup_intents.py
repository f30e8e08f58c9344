"""Setup intents: a payment method proved and kept for payments to come, without one now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.cards import Decline, declines
from donations.sandbox.objects.methods import card_updates, mandates, payment_methods
from donations.sandbox.objects.payments import challenges
from donations.sandbox.refusals import Refusal
from donations.sandbox.world import presented

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

CONFIRMABLE: Final = ("requires_payment_method", "requires_confirmation", "requires_action")
CANCELABLE: Final = CONFIRMABLE
NOT_AUTHENTICATED: Final = Decline(
    "setup_intent_authentication_failure",
    "",
    "The latest attempt to set up the payment method has failed because authentication failed.",
)


def open_setup(
    world: World, *, customer: str | None, usage: str = "off_session", **more: object
) -> Obj:
    """Make a setup intent that waits for a payment method, and tell."""
    setup = world.make(
        "setup_intent",
        "seti",
        **{
            "customer": customer,
            "usage": usage,
            "status": "requires_payment_method",
            "payment_method_types": ["card"],
            "metadata": {},
        }
        | more,
    )
    setup["client_secret"] = f"{setup['id']}_secret_{world.store.new_id('x')[2:]}"
    world.emit("setup_intent.created", setup)
    return setup


def confirm(
    world: World,
    setup: Obj,
    method: Obj,
    *,
    present: bool,
    authenticated: bool = False,
    acceptance: Obj | None = None,
) -> str:
    """Try to set `method` up; `present` says its owner is at the page.  Returns the new status.

    `acceptance` is the `customer_acceptance` of a bank account's mandate.
    """
    setup |= {"payment_method": method["id"], "last_setup_error": None, "next_action": None}
    card = payment_methods.card_of(method)
    if card and not authenticated and challenges.wanted(setup, method, present=present):
        if present:
            return _challenge(world, setup, method)
        return refuse(world, setup, method, declines.AUTHENTICATION_REQUIRED)
    decline = _refused(world, method)
    if decline:
        return refuse(world, setup, method, decline)
    mandate = mandates.grant(world, method, acceptance)
    setup["mandate"] = mandate and mandate["id"]
    method["_set_up"] = setup["usage"] == "off_session"
    if setup["customer"]:
        payment_methods.attach(world, method, setup["customer"])
    setup["status"] = "succeeded"
    _attempt(world, setup, method, "succeeded", authenticated=authenticated)
    world.emit("setup_intent.succeeded", setup)
    return "succeeded"


def refuse(world: World, setup: Obj, method: Obj, decline: Decline) -> str:
    """The attempt failed: the reason on the setup intent, which may be tried again."""
    kind = method["type"]
    error = {
        "type": "card_error" if kind == "card" else "invalid_request_error",
        "code": decline.code,
        "message": decline.message,
        "payment_method": presented(method),
        "payment_method_type": kind,
        **({"decline_code": decline.decline_code} if decline.decline_code else {}),
    }
    setup |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "next_action": None,
        "last_setup_error": error,
    }
    _attempt(world, setup, method, "failed", error=error)
    world.emit("setup_intent.setup_failed", setup)
    return "requires_payment_method"


def fail_challenge(world: World, setup: Obj, method: Obj) -> str:
    """Its owner did not pass 3-D Secure."""
    return refuse(world, setup, method, NOT_AUTHENTICATED)


def cancel(world: World, setup: Obj, reason: str | None = None) -> Obj:
    """Give up a setup intent that has not succeeded."""
    if setup["status"] not in CANCELABLE:
        raise Refusal(
            f"You cannot cancel this SetupIntent because it has a status of {setup['status']}. "
            "Only a SetupIntent with one of the following statuses may be canceled: "
            f"{', '.join(CANCELABLE)}.",
            code="setup_intent_unexpected_state",
            setup_intent=presented(setup),
        )
    setup |= {"status": "canceled", "cancellation_reason": reason, "next_action": None}
    world.emit("setup_intent.canceled", setup)
    return setup


def _refused(world: World, method: Obj) -> Decline | None:
    card = payment_methods.card_of(method)
    if card is None:
        return None
    if card_updates.has_expired(world, method):
        return declines.EXPIRED
    if card.blocked:
        return declines.BLOCKED
    return None if card.attaches_only else card.decline


def _challenge(world: World, setup: Obj, method: Obj) -> str:
    setup |= {"status": "requires_action", "next_action": challenges.next_action(world, setup)}
    _attempt(world, setup, method, "requires_action")
    world.emit("setup_intent.requires_action", setup)
    return "requires_action"


def _attempt(
    world: World,
    setup: Obj,
    method: Obj,
    status: str,
    *,
    error: Obj | None = None,
    authenticated: bool = False,
) -> None:
    """Keep the try; the answer to a challenge ends the try that asked for it."""
    kept = world.store.find("setup_attempt", setup["latest_attempt"])
    if kept and kept["status"] == "requires_action" and kept["payment_method"] == method["id"]:
        kept |= {"status": status, "setup_error": error}
        entry = kept
    else:
        entry = world.make(
            "setup_attempt",
            "setatt",
            customer=setup["customer"],
            payment_method=method["id"],
            payment_method_details={"type": method["type"], method["type"]: {}},
            setup_intent=setup["id"],
            setup_error=error,
            status=status,
            usage=setup["usage"],
        )
    if method["type"] == "card":
        entry["payment_method_details"]["card"] |= payment_methods.shown_card(
            method, authenticated=authenticated
        )
    setup["latest_attempt"] = entry["id"]
