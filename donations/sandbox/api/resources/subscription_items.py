"""The items of subscriptions, one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from donations.sandbox.api.listing import page
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects.billing import subscription_changes, subscription_items

if TYPE_CHECKING:
    from donations.sandbox import Obj

_WITHOUT: Final = (
    "billing_thresholds", "current_trial", "discounts", "plan", "price_data.tax_behavior",
    "tax_rates",
)  # fmt: skip
_OF_THE_SUBSCRIPTION: Final = (
    "off_session", "payment_behavior", "proration_behavior", "proration_date",
)  # fmt: skip


@operation("POST", "/v1/subscription_items", "SubscriptionItemCreateParams", without=_WITHOUT)
def create(call: Call) -> Obj:
    """Add an item to a subscription."""
    given = dict(call.params)
    subscription = call.world.store.get("subscription", given.pop("subscription"), "subscription")
    _change(call, subscription, given)
    added: Obj = subscription["items"]["data"][-1]
    return added


@operation("GET", "/v1/subscription_items", "SubscriptionItemListParams")
def list_items(call: Call) -> Obj:
    """The items of one subscription, the newest first."""
    subscription = call.world.store.get("subscription", call.params["subscription"], "subscription")
    return page(call, reversed(subscription["items"]["data"]), "subscription_item")


@operation("GET", "/v1/subscription_items/<id>", "SubscriptionItemRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One item."""
    return subscription_items.find(call.world, call.id)[1]


@operation("POST", "/v1/subscription_items/<id>", "SubscriptionItemUpdateParams", without=_WITHOUT)
def update(call: Call) -> Obj:
    """Change an item."""
    subscription, item = subscription_items.find(call.world, call.id)
    _change(call, subscription, {"id": item["id"], **call.params})
    return item


@operation(
    "DELETE",
    "/v1/subscription_items/<id>",
    "SubscriptionItemDeleteParams",
    without=("clear_usage",),
)
def delete(call: Call) -> Obj:
    """Take an item from its subscription; the last one stays."""
    subscription, item = subscription_items.find(call.world, call.id)
    _change(call, subscription, {"id": item["id"], "deleted": True, **call.params})
    return {"id": item["id"], "object": "subscription_item", "deleted": True}


def _change(call: Call, subscription: Obj, given: dict[str, Any]) -> None:
    around: Obj = {name: given.pop(name) for name in _OF_THE_SUBSCRIPTION if name in given}
    given.pop("expand", None)
    with call.world.on_clock_of(subscription["id"]):
        subscription_changes.change(call.world, subscription, {"items": [given], **around})
