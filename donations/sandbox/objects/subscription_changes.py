"""What an update may change of a subscription: method, end, pause, price."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from donations.sandbox.objects import catalogue, subscriptions
from donations.sandbox.objects.metadata import update
from donations.sandbox.objects.periods import boundary
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

_CHANGEABLE_AFTER_THE_END: Final = {"cancellation_details", "metadata", "expand"}


def change(world: World, subscription: Obj, given: Obj) -> Obj:
    """Apply the parameters of an update and tell what changed.  Raises `Refusal`."""
    if subscription["status"] in subscriptions.ENDED and given.keys() - _CHANGEABLE_AFTER_THE_END:
        raise Refusal(
            "A canceled subscription can only update its cancellation_details and metadata."
        )
    before = update(subscription, given, *(name for name in ("description",) if name in given))
    before |= _change_method(world, subscription, given.get("default_payment_method"))
    before |= _change_cancellation(world, subscription, given)
    before |= _change_pause(world, subscription, given.get("pause_collection"))
    before |= _change_items(world, subscription, given.get("items") or [])
    if before:
        world.emit("customer.subscription.updated", subscription, before)
    return subscription


def _change_method(world: World, subscription: Obj, wanted: str | None) -> Obj:
    if wanted is None or wanted == subscription["default_payment_method"]:
        return {}
    before = {"default_payment_method": subscription["default_payment_method"]}
    if wanted:
        method = world.store.get("payment_method", wanted, "default_payment_method")
        if method["customer"] != subscription["customer"]:
            raise Refusal(
                "The payment method must be attached to the customer of the subscription.",
                param="default_payment_method",
            )
    subscription["default_payment_method"] = wanted or None
    return before


def _change_cancellation(world: World, subscription: Obj, given: Obj) -> Obj:
    wanted = given.get("cancel_at_period_end")
    if given.get("cancellation_details"):
        subscriptions.note_reason(subscription, None, given["cancellation_details"])
    if wanted is None or wanted == subscription["cancel_at_period_end"]:
        return {}
    before = {
        name: subscription[name] for name in ("cancel_at_period_end", "cancel_at", "canceled_at")
    }
    end_of_period = subscription["items"]["data"][0]["current_period_end"]
    subscription |= {
        "cancel_at_period_end": wanted,
        "cancel_at": end_of_period if wanted else None,
        "canceled_at": world.clock.now() if wanted else None,
    }
    reason = "cancellation_requested" if wanted else None
    subscription["cancellation_details"]["reason"] = reason
    return before


def _change_pause(world: World, subscription: Obj, wanted: Any) -> Obj:  # noqa: ANN401
    if wanted is None:
        return {}
    before = {"pause_collection": subscription["pause_collection"]}
    resumes = wanted.get("resumes_at") if wanted else None
    subscription["pause_collection"] = (
        {"behavior": wanted["behavior"], "resumes_at": resumes or None} if wanted else None
    )
    if resumes:
        world.timeline.expect(resumes, "subscription.resume", subscription["id"])
    return before


def _change_items(world: World, subscription: Obj, wanted: list[Obj]) -> Obj:
    if not wanted:
        return {}
    item = subscription["items"]["data"][0]
    change = wanted[0]
    if len(wanted) > 1 or change.get("id") != item["id"]:
        raise Refusal(
            "The sandbox keeps one item to a subscription: pass its `id`.", param="items[0][id]"
        )
    before = copy.deepcopy(subscription["items"])
    old = item["price"]
    if change.get("price_data"):
        price = catalogue.create_price(world, change["price_data"], "items[0][price_data]")
    else:
        price = world.store.get("price", change.get("price") or old["id"], "items[0][price]")
    _must_suit(subscription, price)
    item |= {"price": copy.deepcopy(price), "plan": catalogue.plan_of(price)}
    item["quantity"] = change.get("quantity", item["quantity"])
    if price["recurring"]["interval"] != old["recurring"]["interval"]:
        _start_afresh(world, subscription)
    return {"items": before}


def _must_suit(subscription: Obj, price: Obj) -> None:
    if price["type"] != "recurring":
        raise Refusal("The price must be recurring.", param="items[0][price_data][recurring]")
    if price["currency"] != subscription["currency"]:
        raise Refusal(
            f"The price's currency must be {subscription['currency']}, the subscription's.",
            param="items[0][price_data][currency]",
        )
    catalogue.check_amount(
        price["unit_amount"], price["currency"], "items[0][price_data][unit_amount]"
    )


def _start_afresh(world: World, subscription: Obj) -> None:
    """Another interval moves the anchor to now, and the new period is billed at once."""
    now = world.clock.now()
    item = subscription["items"]["data"][0]
    subscription |= {"billing_cycle_anchor": now, "_periods": 1, "_bill_now": True}
    item["current_period_start"] = now
    item["current_period_end"] = boundary(now, item["price"]["recurring"], 1)
    world.timeline.expect(item["current_period_end"], "subscription.renew", subscription["id"])
