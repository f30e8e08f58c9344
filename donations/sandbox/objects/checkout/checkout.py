"""Checkout Sessions: opened with everything checked, updated, expired."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects import customers
from donations.sandbox.objects.checkout import (
    checkout_expiry,
    checkout_lines,
    checkout_rules,
    checkout_terms,
    joining,
)
from donations.sandbox.objects.metadata import merged, update
from donations.sandbox.objects.payments import setup_intents
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

_OF_ONE_ONLY: Final = frozenset(
    {"created", "setup_intent", "_setup", "_intent", "_customer", "_typed", "_form", "_recovery",
     "_clock", "_recovered_by"}
)  # fmt: skip


def open_session(world: World, given: Obj) -> Obj:
    """Open a session for what `given` asks, or raise the `Refusal` Stripe would, nothing made."""
    mode = given.get("mode") or "payment"
    checkout_rules.check(given, mode)
    joining.check_terms(world, given.get("subscription_data") or {})
    customer = (
        customers.live(world, given["customer"], "customer") if given.get("customer") else None
    )
    wanted = checkout_lines.wanted(world, given, mode) if mode != "setup" else []
    expires_at, lasts = checkout_expiry.moment(world, given.get("expires_at"))
    values = checkout_terms.asked(given, mode) | checkout_terms.known(given, mode, customer)
    with world.on_clock_of(customer and customer["id"]):
        lines = checkout_lines.bought(world, wanted)
        return _begin(world, values | checkout_terms.total(given, lines), lines, expires_at, lasts)


def reopen(world: World, session: Obj) -> Obj:
    """Open a copy of an expired session, as its recovery link does."""
    recovery = session["after_expiration"]["recovery"]
    known = session["customer"] or session["customer_email"]
    copied = {name: value for name, value in session.items() if name not in _OF_ONE_ONLY}
    values = copied | {
        "after_expiration": {"recovery": {**recovery, "url": None, "expires_at": None}},
        "allow_promotion_codes": recovery["allow_promotion_codes"] or None,
        "consent": None,
        "customer_details": session["customer_details"] if known else None,
        "recovered_from": session["id"],
    }
    lines = checkout_lines.copied(world, session["_lines"])
    lasts = checkout_expiry.LONGEST
    return _begin(world, values, lines, world.clock.now() + lasts, lasts)


def change(session: Obj, given: Obj) -> Obj:
    """Lay the metadata of `given` over the session's."""
    update(session, {name: value for name, value in given.items() if name == "metadata"})
    return session


def expire(world: World, session: Obj) -> Obj:
    """Close an open session for good, by order or because its time is over."""
    if session["status"] != "open":
        raise Refusal(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of `{session['status']}`."
        )
    session |= {"status": "expired", "url": None}
    checkout_expiry.give_up(world, session)
    checkout_expiry.offer_recovery(world, session)
    world.emit("checkout.session.expired", session)
    return session


def line_items(session: Obj) -> list[Obj]:
    """What is bought, as the `line_items` of the session lists it."""
    lines: list[Obj] = session["_lines"]
    return lines


def _begin(world: World, values: Obj, lines: list[Obj], expires_at: int, lasts: int) -> Obj:
    identifier = world.store.new_id("cs_test")
    due = values.get("amount_total")
    ours = {
        "id": identifier,
        "expires_at": expires_at,
        "payment_status": "unpaid" if due else "no_payment_required",
        "status": "open",
        "url": f"{world.base_url}/c/pay/{identifier}",
        "_collects": checkout_terms.collects(
            values["mode"], due, values["payment_method_collection"]
        ),
        "_lines": lines,
    }
    session = world.make("checkout.session", "cs_test", **(values | ours))
    if session["mode"] == "setup":
        _open_setup(world, session)
    world.timeline.expect(world.clock.now() + lasts, "session.expire", identifier)
    return session


def _open_setup(world: World, session: Obj) -> None:
    """In setup mode the setup intent is there from the beginning."""
    data = session["_setup_intent_data"]
    setup = setup_intents.open_setup(
        world,
        customer=session["customer"],
        description=data.get("description"),
        metadata=merged({}, data.get("metadata")),
        payment_method_types=session["payment_method_types"],
    )
    setup["_session"] = session["id"]
    session["setup_intent"] = session["_setup"] = setup["id"]
