"""Deep links into the portal: one thing to do, checked before the link is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects.billing import subscriptions
from donations.sandbox.objects.portal import portal_products
from donations.sandbox.objects.portal.portal_addresses import check_url
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

FEATURE: Final = {
    "customer_update": "customer_update",
    "payment_method_update": "payment_method_update",
    "subscription_cancel": "subscription_cancel",
    "subscription_pause": "subscription_pause",
    "subscription_update": "subscription_update",
    "subscription_update_confirm": "subscription_update",
}
_DONE_TO_IT: Final = {"cancel": "canceled", "pause": "paused", "update": "updated"}
_MEMBERS: Final = (
    "customer_update", "subscription_cancel", "subscription_pause", "subscription_update",
    "subscription_update_confirm",
)  # fmt: skip


def checked(world: World, customer: Obj, configuration: Obj, given: Obj | None) -> Obj | None:
    """The `flow` of a session for `flow_data`, or the `Refusal` Stripe would answer with."""
    if given is None:
        return None
    kind = given["type"]
    _must_be_on(configuration, kind)
    for name in _MEMBERS:
        if name in given and name != kind:
            raise Refusal(
                f"You can only pass `{name}` when `flow_data[type]` is `{name}`.",
                param=f"flow_data[{name}]",
            )
    flow: Obj = dict.fromkeys(_MEMBERS) | {"type": kind, "after_completion": _after(given)}
    if kind == "customer_update":
        flow[kind] = {}
    elif kind != "payment_method_update":
        flow[kind] = _about_subscription(world, customer, configuration, given)
    return flow


def ends_at(subscription: Obj) -> int | None:
    """When a subscription is set to end, in Unix seconds; None if it is not.

    A flexible subscription cancelled in the portal has `cancel_at` and no `cancel_at_period_end`.
    """
    if subscription["cancel_at"]:
        return int(subscription["cancel_at"])
    if subscription["cancel_at_period_end"]:
        return int(subscription["items"]["data"][0]["current_period_end"])
    return None


def _must_be_on(configuration: Obj, kind: str) -> None:
    feature = FEATURE[kind]
    if configuration["features"][feature]["enabled"]:
        return
    words = feature.replace("_", " ")
    if feature.startswith("subscription_"):
        done = _DONE_TO_IT[feature.removeprefix("subscription_")]
        raise Refusal(
            f"This subscription cannot be {done} because the {words} feature in the portal "
            "configuration is disabled."
        )
    raise Refusal(f"The {words} feature in the portal configuration is disabled.")


def _after(given: Obj) -> Obj:
    wanted = given.get("after_completion") or {"type": "portal_homepage"}
    kind = wanted["type"]
    param = "flow_data[after_completion]"
    for name in ("redirect", "hosted_confirmation"):
        if name in wanted and name != kind:
            raise Refusal(
                f"You can only pass `{name}` when the type is `{name}`.", param=f"{param}[{name}]"
            )
    after: Obj = {"type": kind, "redirect": None, "hosted_confirmation": None}
    if kind == "redirect":
        if "redirect" not in wanted:
            raise _missing(f"{param}[redirect]")
        check_url(wanted["redirect"]["return_url"], f"{param}[redirect][return_url]")
        after["redirect"] = {"return_url": wanted["redirect"]["return_url"]}
    if kind == "hosted_confirmation":
        message = (wanted.get("hosted_confirmation") or {}).get("custom_message")
        after["hosted_confirmation"] = {"custom_message": message}
    return after


def _about_subscription(world: World, customer: Obj, configuration: Obj, given: Obj) -> Obj:
    kind = given["type"]
    if kind not in given:
        raise _missing(f"flow_data[{kind}]")
    param = f"flow_data[{kind}][subscription]"
    subscription = _owned(world, customer, given[kind]["subscription"], param)
    verb = FEATURE[kind].removeprefix("subscription_")
    if subscription["status"] in subscriptions.ENDED:
        raise Refusal(
            f"This subscription cannot be {_DONE_TO_IT[verb]} because it is already canceled.",
            param=param,
        )
    if verb == "cancel" and ends_at(subscription) is not None:
        raise Refusal("The subscription is already set to be canceled at period end.", param=param)
    if verb == "pause":
        _must_be_pausable(subscription, param)
    about: Obj = {"subscription": subscription["id"]}
    if kind == "subscription_cancel":
        about["retention"] = None
    if kind == "subscription_update_confirm":
        about |= {"discounts": None, "items": _items(world, configuration, subscription, given)}
    return about


def _owned(world: World, customer: Obj, identifier: str, param: str) -> Obj:
    subscription = world.store.get("subscription", identifier, param)
    if subscription["customer"] != customer["id"]:
        raise Refusal(
            f"The subscription {identifier} does not belong to the customer {customer['id']}.",
            param=param,
        )
    return subscription


def _must_be_pausable(subscription: Obj, param: str) -> None:
    if subscription["status"] == "active":
        return
    raise Refusal(
        f"This subscription cannot be paused because it is {subscription['status']}.", param=param
    )


def _items(world: World, configuration: Obj, subscription: Obj, given: Obj) -> list[Obj]:
    param = "flow_data[subscription_update_confirm][items]"
    wanted = given["subscription_update_confirm"]["items"]
    item = subscription["items"]["data"][0]
    if len(wanted) != 1:
        raise Refusal("You must specify exactly one item to confirm.", param=param)
    if wanted[0]["id"] != item["id"]:
        raise Refusal(
            f"The subscription {subscription['id']} has no item {wanted[0]['id']}.",
            param=f"{param}[0][id]",
        )
    price = wanted[0].get("price", item["price"]["id"])
    quantity = wanted[0].get("quantity", item["quantity"])
    if quantity < 1:
        raise Refusal(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param=f"{param}[0][quantity]",
        )
    if (price, quantity) == (item["price"]["id"], item["quantity"]):
        raise Refusal(
            "Cannot update the subscription because there are no changes to confirm.", param=param
        )
    _must_be_offered(world, configuration, subscription, price, f"{param}[0][price]")
    return [{"id": item["id"], "price": price, "quantity": quantity}]


def _must_be_offered(
    world: World, configuration: Obj, subscription: Obj, price: str, param: str
) -> None:
    offered = portal_products.choices(world, configuration, subscription)
    if price not in [each["id"] for each in offered]:
        raise Refusal(
            f"The price {price} must be included in the configuration's "
            "`features[subscription_update][products]`.",
            param=param,
        )


def _missing(param: str) -> Refusal:
    return Refusal(f"Missing required param: {param}.", code="parameter_missing", param=param)
