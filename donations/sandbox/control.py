"""The control desk: what a test or the dashboard may order, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from donations.sandbox.cards import BY_NUMBER
from donations.sandbox.objects import books, disputes, paying, refunds, subscriptions
from donations.sandbox.objects.periods import boundary
from donations.sandbox.refusals import Refusal
from donations.sandbox.world import presented

if TYPE_CHECKING:
    from collections.abc import Callable

    from donations.sandbox import Obj
    from donations.sandbox.deliveries import Courier
    from donations.sandbox.world import World

Orders = dict[str, Any]


def order(world: World, courier: Courier, name: str, wanted: Orders) -> Obj:
    """Carry out one order and say what came of it.  Raises `Refusal` for one unknown."""
    if name == "flush":
        return dict(courier.flush())
    verb = _VERBS.get(name)
    if verb is None:
        raise Refusal(f"No such order: {name}. There are {', '.join(sorted(_VERBS))}.", status=404)
    with world.lock:
        world.store.changed = True  # the clock and what was sent are part of what a file keeps
        return verb(world, wanted)


def advance(world: World, wanted: Orders) -> Obj:
    """Move the clock by `seconds`, `days` or `months`, or `to` a time, or `until_next_renewal`."""
    target = _moment(world, wanted)
    done = world.timeline.run_until(world, target)
    world.store.changed = True  # the clock is kept with the objects
    return {"now": world.clock.now(), "done": done}


def _moment(world: World, wanted: Orders) -> int:
    now = world.clock.now()
    if wanted.get("until_next_renewal"):
        for due in world.timeline.all_of("subscription.renew"):
            subscription = world.store.find("subscription", due.target)
            if subscription and subscription["status"] not in subscriptions.ENDED:
                return due.at
        raise Refusal("No subscription will renew.")
    if "months" in wanted:
        months = _number(wanted, "months")
        return boundary(now, {"interval": "month", "interval_count": 1}, months)
    if "to" in wanted:
        return _number(wanted, "to")
    if "days" in wanted:
        return now + _number(wanted, "days") * books.DAY
    if "seconds" in wanted:
        return now + _number(wanted, "seconds")
    raise Refusal("Say how far: seconds, days, months, to or until_next_renewal.")


def faults(world: World, wanted: Orders) -> Obj:
    """Turn the knobs of `Faults`."""
    world.faults.set(wanted)
    return dict(world.faults.__dict__)


def refund(world: World, wanted: Orders) -> Obj:
    """Refund a `charge` or `payment_intent`, as the merchant's dashboard would."""
    amount = {"amount": _number(wanted, "amount")} if "amount" in wanted else {}
    return presented(refunds.create(world, wanted | amount))


def dispute(world: World, wanted: Orders) -> Obj:
    """Have a `charge` or `payment_intent` disputed; `reason` may be `inquiry`."""
    charge = _charge(world, wanted)
    reason = str(wanted.get("reason", "fraudulent"))
    if reason not in disputes.REASONS:
        raise Refusal(f"The reason must be one of {', '.join(disputes.REASONS)}.", param="reason")
    return presented(disputes.open_dispute(world, charge, reason))


def dispute_close(world: World, wanted: Orders) -> Obj:
    """Decide a `dispute`: `won` true or false."""
    found = world.store.get("dispute", str(wanted.get("dispute")), "dispute")
    return presented(disputes.close(world, found, won=bool(wanted.get("won"))))


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
    """Pay a `session` as a reader would: `card` (number) or `method: sepa_debit`, `email`, `name`.

    `challenge: complete|fail` answers 3-D Secure in the same breath.
    """
    session = world.store.get("checkout.session", str(wanted.get("session")), "session")
    details = session["customer_details"] or {}
    number = str(wanted.get("card", "4242424242424242")).replace(" ", "")
    method = wanted.get("method", session["payment_method_types"][0])
    if method == "card" and number not in BY_NUMBER:
        raise Refusal("Not a test card.", param="card")
    typed = paying.Typed(
        email=details.get("email") or wanted.get("email", "reader@example.org"),
        name=wanted.get("name", "Jenny Rosen"),
        method=method,
        card_number=number if method == "card" else "",
    )
    outcome = paying.pay(world, session, typed)
    if outcome is paying.CHALLENGE and wanted.get("challenge"):
        passed = wanted["challenge"] == "complete"
        outcome = paying.answer_challenge(world, session, passed=passed)
    return {"outcome": outcome.state, "message": outcome.message, "session": presented(session)}


def state(world: World, wanted: Orders) -> Obj:  # noqa: ARG001 - every order has one shape
    """Counts and balances, for a test to look at."""
    deliveries: dict[str, int] = {}
    for each in world.outbox.deliveries:
        deliveries[each.state] = deliveries.get(each.state, 0) + 1
    return {
        "now": world.clock.now(),
        "ahead_seconds": world.clock.ahead,
        "counts": {kind: len(table) for kind, table in sorted(world.store.tables.items())},
        "deliveries": deliveries,
        "balance": {
            name: {each["currency"]: each["amount"] for each in books.balance(world)[name]}
            for name in ("available", "pending")
        },
        "faults": dict(world.faults.__dict__),
    }


def _number(wanted: Orders, name: str) -> int:
    try:
        return int(wanted[name])
    except (TypeError, ValueError) as error:
        raise Refusal(f"{name} must be a whole number.", param=name) from error


def _charge(world: World, wanted: Orders) -> Obj:
    if wanted.get("charge"):
        return world.store.get("charge", wanted["charge"], "charge")
    identifier = str(wanted.get("payment_intent"))
    intent = world.store.get("payment_intent", identifier, "payment_intent")
    return world.store.get("charge", str(intent["latest_charge"]), "charge")


_VERBS: Final[dict[str, Callable[[World, Orders], Obj]]] = {
    "advance": advance,
    "async_payment": async_payment,
    "dispute": dispute,
    "dispute_close": dispute_close,
    "faults": faults,
    "pay": pay,
    "refund": refund,
    "state": state,
}
