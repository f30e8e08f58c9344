"""Subscriptions: Checkout begins them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.api.listing import page
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects import renewals, subscription_changes, subscriptions

if TYPE_CHECKING:
    from donations.sandbox import Obj


@operation("GET", "/v1/subscriptions", "SubscriptionListParams")
def list_subscriptions(call: Call) -> Obj:
    """Subscriptions, the newest first; without a status those that are not canceled."""
    status = call.params.get("status")
    found = [each for each in call.world.store.all("subscription") if _is(each, status)]
    for name in ("customer", "collection_method"):
        if name in call.params:
            found = [each for each in found if each[name] == call.params[name]]
    if "price" in call.params:
        wanted = call.params["price"]
        found = [s for s in found if s["items"]["data"][0]["price"]["id"] == wanted]
    return page(call, found, "subscription")


@operation("GET", "/v1/subscriptions/<id>", "SubscriptionRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One subscription."""
    return call.world.store.get("subscription", call.id)


@operation("POST", "/v1/subscriptions/<id>", "SubscriptionUpdateParams")
def update(call: Call) -> Obj:
    """Change a subscription; another interval is billed at once."""
    subscription = call.world.store.get("subscription", call.id)
    subscription_changes.change(call.world, subscription, call.params)
    if subscription.pop("_bill_now", False):
        renewals.bill(call.world, subscription, "subscription_update")
    return subscription


@operation("DELETE", "/v1/subscriptions/<id>", "SubscriptionCancelParams")
def cancel(call: Call) -> Obj:
    """End a subscription now."""
    subscription = call.world.store.get("subscription", call.id)
    details = call.params.get("cancellation_details")
    return subscriptions.end(call.world, subscription, "cancellation_requested", details)


def _is(subscription: Obj, status: str | None) -> bool:
    if status == "all":
        return True
    if status == "ended":
        return subscription["status"] in subscriptions.ENDED
    return bool(
        subscription["status"] == status if status else subscription["status"] != "canceled"
    )
