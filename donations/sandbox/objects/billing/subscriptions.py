"""Subscriptions: begun, carried from period to period, ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects import account_settings
from donations.sandbox.objects.billing import invoices, subscription_items, trials
from donations.sandbox.objects.billing.periods import DAY, boundary
from donations.sandbox.objects.metadata import merged
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

ENDED: Final = ("canceled", "incomplete_expired")
_KEPT_AS_GIVEN: Final = ("collection_method", "days_until_due", "default_payment_method")


def begin(world: World, customer: Obj, line: Obj, method: Obj, given: Obj) -> Obj:
    """A subscription to a session's `line` from now on, `incomplete` until paid, and tell.

    `given` is the session's `subscription_data`.
    """
    chosen = given | {"default_payment_method": method["id"]}
    return open_one(world, customer, [(line["price"], line["quantity"])], chosen)


def open_one(
    world: World,
    customer: Obj,
    sold: list[tuple[Obj, int]],
    given: Obj,
    notes: list[Obj] | None = None,
) -> Obj:
    """A subscription to the prices and quantities of `sold`, and tell.

    `given` are the parameters of a create that say when it starts and how it is paid; `notes` the
    metadata of the items.  It is `trialing` or `incomplete`: whoever collects it moves it on.
    """
    price = sold[0][0]
    opening = trials.opening(world, given, price["recurring"])
    now = world.clock.now()
    settings = {"missing_payment_method": "create_invoice"}
    ending = (given.get("trial_settings") or {}).get("end_behavior") or {}
    subscription = world.make(
        "subscription",
        "sub",
        **{name: given[name] for name in _KEPT_AS_GIVEN if given.get(name) is not None},
        customer=customer["id"],
        currency=price["currency"],
        status="trialing" if opening.trial else "incomplete",
        start_date=now,
        billing_cycle_anchor=opening.anchor,
        billing_mode={"type": "flexible", "flexible": {}, "updated_at": now},
        cancellation_details={},
        default_tax_rates=[],
        description=given.get("description") or None,
        metadata=merged({}, given.get("metadata")),
        invoice_settings={"issuer": {"type": "self"}},
        payment_settings={"save_default_payment_method": _saving(given)},
        test_clock=customer["test_clock"],
        trial_settings={"end_behavior": settings | ending},
        trial_start=now if opening.trial else None,
        trial_end=opening.end if opening.trial else None,
        _periods=opening.periods,
        _share=opening.share,
    )
    period = (now, opening.end)
    items = [subscription_items.make(world, subscription, *each, period) for each in sold]
    for item, note in zip(items, notes or [], strict=False):
        item["metadata"] = merged({}, note)
    url = f"/v1/subscription_items?subscription={subscription['id']}"
    subscription["items"] = {"object": "list", "data": items, "has_more": False, "url": url}
    await_renewal(world, subscription)
    world.emit("customer.subscription.created", subscription)
    trials.expect_warning(world, subscription)
    return subscription


def first_item(subscription: Obj) -> Obj:
    """The item whose period is the subscription's: all have the same."""
    item: Obj = subscription["items"]["data"][0]
    return item


def period_end(subscription: Obj) -> int:
    """When the present period ends."""
    end: int = first_item(subscription)["current_period_end"]
    return end


def await_renewal(world: World, subscription: Obj) -> None:
    """Have the subscription renewed when its period ends, and announced some days before."""
    item = first_item(subscription)
    end = item["current_period_end"]
    world.timeline.expect(end, "subscription.renew", subscription["id"])
    days = account_settings.settings(world)["upcoming"]["days"]
    announced = end - days * DAY
    if days and announced > item["current_period_start"]:
        world.timeline.expect(announced, "subscription.upcoming", subscription["id"])


def set_status(world: World, subscription: Obj, status: str) -> None:
    """Move to `status` and tell, if it is another one."""
    before = subscription["status"]
    if before != status:
        subscription["status"] = status
        world.emit("customer.subscription.updated", subscription, {"status": before})


def set_period(world: World, subscription: Obj, start: int, end: int) -> None:
    """Put every item into the period from `start` to `end` and await its renewal."""
    subscription["_previous_start"] = first_item(subscription)["current_period_start"]
    for item in subscription["items"]["data"]:
        item |= {"current_period_start": start, "current_period_end": end}
    await_renewal(world, subscription)


def restart(world: World, subscription: Obj) -> None:
    """Begin a new period now, which moves the anchor here."""
    now = world.clock.now()
    recurring = first_item(subscription)["price"]["recurring"]
    subscription |= {"billing_cycle_anchor": now, "_periods": 1, "_share": None}
    set_period(world, subscription, now, boundary(now, recurring, 1))


def advance_period(world: World, subscription: Obj) -> Obj:
    """Begin the next period, counted from the anchor; what the items were before is returned.

    A planned end within it cuts the period short, and what it costs.
    """
    before = items_before(subscription)
    recurring = first_item(subscription)["price"]["recurring"]
    anchor = subscription["billing_cycle_anchor"]
    start = period_end(subscription)
    subscription["_periods"] += 1
    full = end = boundary(anchor, recurring, subscription["_periods"])
    subscription["_share"] = None
    if subscription["cancel_at"] and start < subscription["cancel_at"] < full:
        end = subscription["cancel_at"]
        subscription["_share"] = [end - start, full - start]
    set_period(world, subscription, start, end)
    return before


def items_before(subscription: Obj) -> Obj:
    """The items as an event's `previous_attributes` has them."""
    items: Obj = subscription["items"]
    return {"items": items | {"data": [dict(item) for item in items["data"]]}}


def end(world: World, subscription: Obj, reason: str, given: Obj | None = None) -> Obj:
    """End now.  `given` holds the `cancellation_details` of the request."""
    if subscription["status"] in ENDED:
        raise Refusal(
            f"No such subscription: '{subscription['id']}'",
            status=404,
            code="resource_missing",
            param="id",
        )
    now = world.clock.now()
    note_reason(subscription, reason, given)
    begun = subscription["status"] != "incomplete"
    subscription |= {
        "status": "canceled" if begun else "incomplete_expired",
        "ended_at": now,
        "pause_collection": None,
        "status_details": None,
    }
    subscription["canceled_at"] = subscription["canceled_at"] or now
    _stop_collecting(world, subscription, begun=begun)
    world.emit("customer.subscription.deleted", subscription)
    return subscription


def note_reason(subscription: Obj, reason: str | None, given: Obj | None) -> None:
    """Write down why it ends, and what the caller said about it."""
    details = subscription["cancellation_details"] or {}
    told = {name: value or None for name, value in (given or {}).items()}
    subscription["cancellation_details"] = details | ({"reason": reason} if reason else {}) | told


def _saving(given: Obj) -> str:
    settings = given.get("payment_settings") or {}
    return str(settings.get("save_default_payment_method") or "off")


def _stop_collecting(world: World, subscription: Obj, *, begun: bool) -> None:
    """Unpaid invoices of an ended subscription stay, but nobody tries them again."""
    for invoice in world.store.owned("invoice", "_subscription", subscription["id"]):
        if invoice["status"] == "open" and not begun:
            invoices.void(world, invoice)
        elif invoice["status"] in ("draft", "open"):
            invoice |= {"auto_advance": False, "next_payment_attempt": None}
