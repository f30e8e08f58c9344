"""Test clocks: a frozen present of their own for some customers and all that follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects import customers
from donations.sandbox.objects.billing import subscriptions
from donations.sandbox.objects.billing.periods import boundary
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.timeline import Due
    from donations.sandbox.world import World

KIND: Final = "test_helpers.test_clock"
MOST_CUSTOMERS: Final = 3
_DELETED_AFTER: Final = 30 * 86_400
_TWO_YEARS: Final = {"interval": "year", "interval_count": 1}


def create(world: World, given: Obj) -> Obj:
    """Make a clock that stands at `frozen_time`, for an existing `customer` if one is named."""
    customer = customers.live(world, given["customer"], "customer") if "customer" in given else None
    if customer and customer.get("test_clock"):
        raise Refusal("The customer belongs to a test clock already.", param="customer")
    with world.clock.at(None):
        clock = world.make(
            KIND,
            "clock",
            frozen_time=given["frozen_time"],
            name=given.get("name"),
            status="ready",
            status_details={},
            deletes_after=world.clock.now() + _DELETED_AFTER,
        )
        world.timeline.expect(clock["deletes_after"], "test_clock.expire", clock["id"])
    if customer:
        _attach(world, customer, clock["id"])
    world.emit("test_helpers.test_clock.created", clock)
    return clock


def admit(world: World, identifier: str) -> Obj:
    """The clock a new customer is to live by.  Raises `Refusal` when it has its customers."""
    clock = world.store.get(KIND, identifier, "test_clock")
    if len(_customers(world, clock)) >= MOST_CUSTOMERS:
        raise Refusal(
            f"A test clock can have at most {MOST_CUSTOMERS} customers.", param="test_clock"
        )
    return clock


def advance(world: World, clock: Obj, target: int) -> Obj:
    """Start moving the clock to `target`; it is `ready` again when all due on the way has happened.

    Raises `Refusal` for a moment that is past, or further than Stripe goes in one stride.
    """
    if clock["status"] != "ready":
        raise Refusal("The test clock is advancing already.", param="id")
    if target <= clock["frozen_time"]:
        raise Refusal(
            "The new frozen time must be after the present one of the test clock.",
            param="frozen_time",
        )
    if target > _furthest(world, clock):
        raise Refusal(
            "A test clock can be advanced by two intervals of its shortest subscription, or by two "
            "years when it has none.",
            param="frozen_time",
        )
    clock |= {
        "status": "advancing",
        "status_details": {"advancing": {"target_frozen_time": target}},
    }
    world.emit("test_helpers.test_clock.advancing", clock)
    with world.clock.at(None):
        world.timeline.expect(world.clock.now(), "test_clock.advance", clock["id"])
    return clock


def arrive(world: World, due: Due) -> None:
    """Let happen what is due on the way, and be ready at the target."""
    clock = world.store.find(KIND, due.target)
    if clock is None or clock["status"] != "advancing":
        return
    target = clock["status_details"]["advancing"]["target_frozen_time"]
    world.timeline.run_until(world, target, clock["id"])
    clock |= {"frozen_time": target, "status": "ready", "status_details": {}}
    clock.pop("_now", None)
    with world.clock.at(clock):
        world.emit("test_helpers.test_clock.ready", clock)


def expire(world: World, due: Due) -> None:
    """A clock is deleted by itself in the end."""
    clock = world.store.find(KIND, due.target)
    if clock:
        delete(world, clock)


def delete(world: World, clock: Obj) -> Obj:
    """Delete the clock with its customers, whose subscriptions end."""
    for customer in _customers(world, clock):
        for subscription in world.store.owned("subscription", "customer", customer["id"]):
            if subscription["status"] not in subscriptions.ENDED:
                subscriptions.end(world, subscription, "cancellation_requested")
        customers.delete(world, customer)
    world.timeline.forget(clock["id"])
    world.emit("test_helpers.test_clock.deleted", clock)
    world.store.remove(clock)
    return {"id": clock["id"], "object": KIND, "deleted": True}


def _attach(world: World, customer: Obj, clock: str) -> None:
    """The customer and all that is theirs live by the clock from now on."""
    theirs = [customer]
    for table in world.store.tables.values():
        theirs += [each for each in table.values() if each.get("customer") == customer["id"]]
    for each in theirs:
        each["_clock"] = clock
        if "test_clock" in each:
            each["test_clock"] = clock
        world.store.put(each)
    world.timeline.move({each["id"] for each in theirs}, clock)


def _customers(world: World, clock: Obj) -> list[Obj]:
    table = world.store.tables.get("customer", {})
    mine = [each["id"] for each in table.values() if each.get("test_clock") == clock["id"]]
    found = (world.store.find("customer", identifier) for identifier in mine)
    return [each for each in found if each and not each.get("deleted")]


def _furthest(world: World, clock: Obj) -> int:
    now = clock["frozen_time"]
    recurring = [
        item["price"]["recurring"]
        for subscription in world.store.tables.get("subscription", {}).values()
        if subscription.get("_clock") == clock["id"]
        and subscription["status"] not in subscriptions.ENDED
        for item in subscription["items"]["data"]
    ]
    return min(boundary(now, each, 2) for each in recurring or [_TWO_YEARS])
