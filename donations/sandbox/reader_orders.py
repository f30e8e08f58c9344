"""Orders about readers and their banks: a page paid, a debit decided, a card renewed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from donations.sandbox.cards import BY_NUMBER
from donations.sandbox.objects.checkout import paying
from donations.sandbox.objects.methods import card_updates
from donations.sandbox.objects.methods.ibans import TEST_IBANS
from donations.sandbox.refusals import Refusal
from donations.sandbox.world import presented

if TYPE_CHECKING:
    from collections.abc import Callable

    from donations.sandbox import Obj
    from donations.sandbox.world import World

Orders = dict[str, Any]


def async_payment(world: World, wanted: Orders) -> Obj:
    """Decide a delayed payment of a `session` or `payment_intent` by `outcome`."""
    identifier = wanted.get("payment_intent")
    if wanted.get("session"):
        session = world.store.get("checkout.session", wanted["session"], "session")
        identifier = session.get("_intent")
    intent = world.store.get("payment_intent", str(identifier), "payment_intent")
    succeeded = str(wanted.get("outcome", "succeeded")).startswith("succe")
    paying.settle(world, intent, succeeded=succeeded)
    return presented(intent)


def pay(world: World, wanted: Orders) -> Obj:
    """Pay a `session` as a reader would: by `card` or `iban` (numbers), with `email` and `name`.

    `method: sepa_debit` alone takes an account that succeeds.
    `challenge: complete|fail` answers 3-D Secure in the same breath.
    """
    session = world.store.get("checkout.session", str(wanted.get("session")), "session")
    typed = _typed(session, wanted)
    outcome = paying.pay(world, session, typed)
    if outcome is paying.CHALLENGE and wanted.get("challenge"):
        passed = wanted["challenge"] == "complete"
        outcome = paying.answer_challenge(world, session, passed=passed)
    return {"outcome": outcome.state, "message": outcome.message, "session": presented(session)}


def card_update(world: World, wanted: Orders) -> Obj:
    """Have the network renew the card of a `payment_method`; `last4` gives it a new number."""
    method = world.store.get("payment_method", str(wanted.get("payment_method")), "payment_method")
    if method["type"] != "card":
        raise Refusal("Only a card is renewed by its network.", param="payment_method")
    return presented(card_updates.renew(world, method, wanted.get("last4")))


def _typed(session: Obj, wanted: Orders) -> paying.Typed:
    details = session["customer_details"] or {}
    card = str(wanted.get("card", "4242424242424242")).replace(" ", "")
    iban = str(wanted.get("iban", "")).replace(" ", "")
    usual = "sepa_debit" if iban else session["payment_method_types"][0]
    method = wanted.get("method", usual)
    if method == "card" and card not in BY_NUMBER:
        raise Refusal("Not a test card.", param="card")
    if iban and iban not in TEST_IBANS:
        raise Refusal("Not a test account.", param="iban")
    return paying.Typed(
        email=details.get("email") or wanted.get("email", "reader@example.org"),
        name=wanted.get("name", "Jenny Rosen"),
        method=method,
        card_number=card if method == "card" else "",
        iban=iban,
    )


VERBS: Final[dict[str, Callable[[World, Orders], Obj]]] = {
    "async_payment": async_payment,
    "card_update": card_update,
    "pay": pay,
}
