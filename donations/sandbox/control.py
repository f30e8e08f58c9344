"""The control desk: what a test or the dashboard may order, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from donations.sandbox import money_orders, reader_orders
from donations.sandbox.money_orders import number
from donations.sandbox.objects import account_settings
from donations.sandbox.objects.billing import subscriptions
from donations.sandbox.objects.billing.periods import boundary
from donations.sandbox.objects.money import books
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
    with world.lock, world.on_clock_of(*wanted.values()):
        return verb(world, wanted)


def advance(world: World, wanted: Orders) -> Obj:
    """Move the clock by `seconds`, `days` or `months`, or `to` a time, or `until_next_renewal`."""
    target = _moment(world, wanted)
    done = world.timeline.run_until(world, target)
    return {"now": world.clock.now(), "done": done}


def _moment(world: World, wanted: Orders) -> int:
    now = world.clock.now()
    if wanted.get("until_next_renewal"):
        for due in world.timeline.all_of("subscription.renew"):
            subscription = world.store.find("subscription", due.target)
            if subscription is None or subscription["status"] in subscriptions.ENDED:
                continue
            if subscriptions.period_end(subscription) == due.at:  # else it was moved since
                return due.at
        raise Refusal("No subscription will renew.")
    if "months" in wanted:
        months = number(wanted, "months")
        return boundary(now, {"interval": "month", "interval_count": 1}, months)
    if "to" in wanted:
        return number(wanted, "to")
    if "days" in wanted:
        return now + number(wanted, "days") * books.DAY
    if "seconds" in wanted:
        return now + number(wanted, "seconds")
    raise Refusal("Say how far: seconds, days, months, to or until_next_renewal.")


def faults(world: World, wanted: Orders) -> Obj:
    """Turn the knobs of `Faults`."""
    world.faults.set(wanted)
    return world.faults.shown()


def settings(world: World, wanted: Orders) -> Obj:
    """Change the account's settings, group by group; they are told whole."""
    return dict(account_settings.change(world, wanted))


def resend(world: World, wanted: Orders) -> Obj:
    """Send an `event` again to the endpoints it went to, or to one `endpoint` of them."""
    event = world.store.get("event", str(wanted.get("event")), "event")
    before = {each.endpoint for each in world.outbox.of_event(event["id"])}
    for endpoint in sorted(before & {wanted["endpoint"]} if "endpoint" in wanted else before):
        world.outbox.again(event["id"], endpoint)
    return presented(event)


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
        "paid_out": books.paid_out(world),
        "faults": world.faults.shown(),
    }


_VERBS: Final[dict[str, Callable[[World, Orders], Obj]]] = {
    **money_orders.VERBS,
    **reader_orders.VERBS,
    "advance": advance,
    "faults": faults,
    "resend": resend,
    "settings": settings,
    "state": state,
}
