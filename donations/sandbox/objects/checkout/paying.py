"""What the reader does on the hosted page: tries a method, passes 3-D Secure, is done."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

from donations.sandbox.cards import BY_NUMBER, GENERIC
from donations.sandbox.objects.billing import collecting
from donations.sandbox.objects.checkout import completing, saved_methods, session_intents
from donations.sandbox.objects.methods import payment_methods
from donations.sandbox.objects.methods.ibans import DEFAULT_IBAN, TEST_IBANS
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

_NEVER_KEPT: Final = ("card_number", "expiry", "iban")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, checked: a card number without spaces, expiry as (month, year).

    `method` is `card`, `sepa_debit` or the id of a saved card.
    """

    email: str
    name: str
    method: str
    card_number: str = ""
    expiry: tuple[int, int] | None = None
    iban: str = ""
    phone: str = ""
    address: dict[str, str | None] | None = None
    business_name: str = ""
    individual_name: str = ""
    custom: dict[str, str] = field(default_factory=dict)
    promotions: bool | None = None
    terms: bool = False
    save: bool = False
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`state`: complete, challenge or declined; a decline has its sentence, code and field."""

    state: str
    message: str = ""
    field: str = ""
    code: str = ""


COMPLETE: Final = Outcome("complete")
CHALLENGE: Final = Outcome("challenge")


def pay(world: World, session: Obj, typed: Typed) -> Outcome:
    """Try to pay an open session, or to save the method where nothing is due yet.

    Raises `Refusal` if it is not open.
    """
    with world.on_clock_of(session["id"]):
        return _pay(world, session, typed)


def answer_challenge(world: World, session: Obj, *, passed: bool) -> Outcome:
    """The reader has passed or failed 3-D Secure."""
    if challenged(world, session) is None:
        raise Refusal("This payment does not wait for authentication.")
    method = world.store.get("payment_method", session["_typed"]["method"])
    with world.on_clock_of(session["id"]):
        if passed:
            return _attempt(world, session, method, authenticated=True)
        status = session_intents.fail_challenge(world, session, method)
        return _after(world, session, method, status)


def challenged(world: World, session: Obj) -> Obj | None:
    """The payment or setup intent of an open session that waits for 3-D Secure, if one does."""
    intent = session_intents.find(world, session)
    waits = intent and intent["status"] == "requires_action" and session["status"] == "open"
    return intent if waits else None


def settle(world: World, intent: Obj, *, succeeded: bool) -> Obj | None:
    """The bank decides about a delayed payment; the session it came from tells, and is returned."""
    collecting.settle(world, intent, succeeded=succeeded)
    session = world.store.find("checkout.session", intent.get("_session"))
    if session:
        session["payment_status"] = "paid" if succeeded else "unpaid"
        verdict = "succeeded" if succeeded else "failed"
        world.emit(f"checkout.session.async_payment_{verdict}", session)
    return session


def _pay(world: World, session: Obj, typed: Typed) -> Outcome:
    if session["status"] != "open":
        raise Refusal(f"This session is {session['status']}.")
    kept = {name: value for name, value in asdict(typed).items() if name not in _NEVER_KEPT}
    if session["_collects"] == "nothing":
        session["_typed"] = kept | {"method": None}
        completing.complete(world, session, None, None)
        return COMPLETE
    try:
        method = _method(world, session, typed)
    except Refusal as refusal:  # a bank account that takes no debits
        return Outcome("declined", str(refusal), "iban", str(refusal.error.get("code")))
    if method is None:
        return Outcome("declined", GENERIC.message, GENERIC.field, GENERIC.decline_code)
    session["_typed"] = kept | {"method": method["id"]}
    return _attempt(world, session, method)


def _method(world: World, session: Obj, typed: Typed) -> Obj | None:
    """The saved method chosen, or one made of what was typed; None for an unknown number."""
    if typed.method not in session["payment_method_types"]:
        return saved_methods.chosen(world, session, typed.method)
    card = BY_NUMBER.get(typed.card_number) if typed.method == "card" else None
    if typed.method == "card" and card is None:
        return None
    iban = typed.iban or DEFAULT_IBAN
    country = card.country if card else TEST_IBANS[iban].country
    billing = {
        "email": typed.email,
        "name": typed.name,
        "phone": typed.phone or None,
        "address": typed.address or {"country": country},
    }
    if card:
        method = payment_methods.card_method(world, card, billing, typed.expiry)
    else:
        method = payment_methods.bank_method(world, billing, iban=iban)
    method["allow_redisplay"] = completing.redisplay(session, save=typed.save)
    return method


def _attempt(world: World, session: Obj, method: Obj, *, authenticated: bool = False) -> Outcome:
    customer = completing.customer_of(world, session)
    owner: str | None = customer["id"] if customer else None
    intent = session_intents.find(world, session) or session_intents.open_one(world, session, owner)
    intent["customer"] = owner
    if session["mode"] == "payment":
        intent["setup_future_usage"] = completing.future_usage(session)
    status = session_intents.confirm(world, session, method, authenticated=authenticated)
    return _after(world, session, method, status)


def _after(world: World, session: Obj, method: Obj, status: str) -> Outcome:
    if status == "requires_action":
        return CHALLENGE
    intent = session_intents.find(world, session) or {}
    if status != "requires_payment_method":
        payment = intent if session["_collects"] == "payment" else None
        completing.complete(world, session, method, payment)
        return COMPLETE
    error = intent.get("last_payment_error") or intent.get("last_setup_error") or {}
    return Outcome(
        "declined",
        str(error.get("message")),
        _field(session, method, error),
        str(error.get("decline_code") or error.get("code")),
    )


def _field(session: Obj, method: Obj, error: Obj) -> str:
    """The field of the page that a decline belongs to."""
    if method["customer"] and method["customer"] == session["customer"]:
        return "method"
    if method["type"] != "card":
        return "iban"
    card = payment_methods.card_of(method)
    by_card = card and card.decline and card.decline.code == error.get("code")
    return card.decline.field if card and card.decline and by_card else GENERIC.field
