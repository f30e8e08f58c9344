"""The items of a subscription: a price, how many, and the period they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.kernel.currencies import CURRENCIES
from donations.sandbox.objects import catalogue
from donations.sandbox.objects.metadata import merged
from donations.sandbox.refusals import Refusal, missing
from donations.sandbox.world import cloned, presented

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

MOST: Final = 20


def make(
    world: World, subscription: Obj, price: Obj, quantity: int, period: tuple[int, int]
) -> Obj:
    """An item of `subscription`, not yet among its items."""
    identifier = world.store.new_id("si")
    return {
        "id": identifier,
        "object": "subscription_item",
        "created": world.clock.now(),
        "billing_thresholds": None,
        "current_period_start": period[0],
        "current_period_end": period[1],
        "discounts": [],
        "metadata": {},
        "plan": catalogue.plan_of(price),
        "price": cloned(presented(price)),
        "quantity": quantity,
        "subscription": subscription["id"],
        "tax_rates": [],
    }


def find(world: World, identifier: str, param: str = "id") -> tuple[Obj, Obj]:
    """The subscription an item is in, and the item.  Raises `Refusal` (404)."""
    for subscription in world.store.all("subscription"):
        for item in subscription["items"]["data"]:
            if item["id"] == identifier:
                return world.store.get("subscription", subscription["id"]), item
    raise missing("subscription_item", identifier, param)


def of(subscription: Obj, identifier: str, param: str) -> Obj:
    """One item of a subscription.  Raises `Refusal` for one of another subscription."""
    for item in subscription["items"]["data"]:
        if item["id"] == identifier:
            found: Obj = item
            return found
    raise Refusal(
        f"No such subscription_item: '{identifier}'",
        status=404 if param == "id" else 400,
        code="resource_missing",
        param=param,
    )


def price_of(world: World, given: Obj, param: str) -> Obj | None:
    """The recurring price that `given` names or describes; None if it does neither."""
    if given.get("price") and given.get("price_data"):
        raise Refusal(
            "You may only specify one of these parameters: price, price_data.", param=param
        )
    if given.get("price_data"):
        price = catalogue.create_price(world, given["price_data"], f"{param}[price_data]")
    elif given.get("price"):
        price = world.store.get("price", given["price"], f"{param}[price]")
        if not price["active"]:
            raise Refusal(
                "The price specified is inactive. This field only accepts active prices.",
                param=f"{param}[price]",
            )
    else:
        return None
    _must_recur(price, f"{param}[price]")
    return price


def must_suit(price: Obj, currency: str, recurring: Obj | None, param: str) -> None:
    """Raise `Refusal` unless `price` can stand beside others of `currency` and `recurring`."""
    if price["currency"] != currency:
        raise Refusal(
            f"The price specified only supports `{price['currency']}`. This doesn't match the "
            f"expected currency: `{currency}`.",
            param=param,
        )
    if recurring and not same_rhythm(price["recurring"], recurring):
        raise Refusal(
            "The sandbox keeps one billing interval to a subscription: all its items must have "
            "the same.",
            param=param,
        )


def same_rhythm(one: Obj, other: Obj) -> bool:
    """Whether two prices recur at the same interval."""
    names = ("interval", "interval_count")
    return all(one[name] == other[name] for name in names)


def set_price(item: Obj, price: Obj, quantity: int) -> None:
    """Give an item another price or quantity."""
    if item["price"]["id"] != price["id"]:
        item |= {"price": cloned(presented(price)), "plan": catalogue.plan_of(price)}
    item["quantity"] = quantity


def quantity_of(given: Obj, param: str, default: int) -> int:
    """The quantity asked for.  Raises `Refusal` for one below zero."""
    quantity: int = given.get("quantity", default)
    if quantity < 0:
        raise Refusal(
            "Invalid non-negative integer",
            code="parameter_invalid_integer",
            param=f"{param}[quantity]",
        )
    return quantity


def note(item: Obj, given: Obj) -> None:
    """Lay the metadata of a request over an item."""
    if "metadata" in given:
        item["metadata"] = merged(item["metadata"], given["metadata"])


def _must_recur(price: Obj, param: str) -> None:
    if price["type"] != "recurring":
        raise Refusal(
            "The price specified is set to `type=one_time` but this field only accepts prices with "
            "`type=recurring`.",
            param=param,
        )
    kind = CURRENCIES[price["currency"]]
    if price["unit_amount"] > kind.maximum:
        raise Refusal(
            f"The amount must be no more than {kind.maximum} in {price['currency']}.",
            code="amount_too_large",
            param=param,
        )
    if price["unit_amount"] % kind.step:
        raise Refusal(
            f"Invalid amount: {price['currency']} amounts must be divisible by {kind.step}.",
            code="parameter_invalid_integer",
            param=param,
        )
