"""Subscriptions: begun by Checkout, carried from period to period, ended."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Final

from donations.sandbox.objects import catalogue, invoices
from donations.sandbox.objects.periods import boundary
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

ENDED: Final = ("canceled", "incomplete_expired")


def begin(world: World, customer: Obj, line: Obj, method: Obj, given: Obj) -> Obj:
    """A subscription to a session's `line` from now on, `incomplete` until paid, and tell.

    `given` is the session's `subscription_data`.
    """
    price, quantity = line["price"], line["quantity"]
    now = world.clock.now()
    subscription = world.make(
        "subscription",
        "sub",
        customer=customer["id"],
        currency=price["currency"],
        status="incomplete",
        start_date=now,
        billing_cycle_anchor=now,
        billing_mode={"type": "flexible", "updated_at": now},
        cancellation_details={},
        collection_method="charge_automatically",
        default_payment_method=method["id"],
        default_tax_rates=[],
        description=given.get("description"),
        metadata=dict(given.get("metadata") or {}),
        invoice_settings={"issuer": {"type": "self"}},
        payment_settings={"save_default_payment_method": "off"},
        trial_settings={"end_behavior": {"missing_payment_method": "create_invoice"}},
        _periods=1,
    )
    item = {
        "id": world.store.new_id("si"),
        "object": "subscription_item",
        "created": now,
        "current_period_start": now,
        "current_period_end": boundary(now, price["recurring"], 1),
        "discounts": [],
        "metadata": {},
        "plan": catalogue.plan_of(price),
        "price": copy.deepcopy(price),
        "quantity": quantity,
        "subscription": subscription["id"],
        "tax_rates": [],
        "billing_thresholds": None,
    }
    url = f"/v1/subscription_items?subscription={subscription['id']}"
    subscription["items"] = {"object": "list", "data": [item], "has_more": False, "url": url}
    world.timeline.expect(item["current_period_end"], "subscription.renew", subscription["id"])
    world.emit("customer.subscription.created", subscription)
    return subscription


def set_status(world: World, subscription: Obj, status: str) -> None:
    """Move to `status` and tell, if it is another one."""
    before = subscription["status"]
    if before != status:
        subscription["status"] = status
        world.emit("customer.subscription.updated", subscription, {"status": before})


def advance_period(world: World, subscription: Obj) -> None:
    """Begin the next period, counted from the anchor, and tell."""
    item = subscription["items"]["data"][0]
    before = copy.deepcopy(subscription["items"])
    subscription["_periods"] += 1
    item["current_period_start"] = item["current_period_end"]
    item["current_period_end"] = boundary(
        subscription["billing_cycle_anchor"], item["price"]["recurring"], subscription["_periods"]
    )
    world.timeline.expect(item["current_period_end"], "subscription.renew", subscription["id"])
    world.emit("customer.subscription.updated", subscription, {"items": before})


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
    subscription |= {"status": "canceled", "ended_at": now, "pause_collection": None}
    subscription["canceled_at"] = subscription["canceled_at"] or now
    _stop_collecting(world, subscription)
    world.emit("customer.subscription.deleted", subscription)
    return subscription


def note_reason(subscription: Obj, reason: str | None, given: Obj | None) -> None:
    """Write down why it ends, and what the caller said about it."""
    details = subscription["cancellation_details"] or {}
    told = {name: value or None for name, value in (given or {}).items()}
    subscription["cancellation_details"] = details | ({"reason": reason} if reason else {}) | told


def _stop_collecting(world: World, subscription: Obj) -> None:
    """Open invoices of an ended subscription stay open, but nobody tries them again."""
    latest = world.store.find("invoice", subscription["latest_invoice"])
    if latest and latest["status"] == "draft":
        invoices.void(world, latest)
    elif latest and latest["status"] == "open":
        latest |= {"auto_advance": False, "next_payment_attempt": None}
