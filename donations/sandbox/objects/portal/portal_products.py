"""The catalogue a reader may choose from in the portal, when a configuration opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

MOST: Final = 10
_PARAM: Final = "features[subscription_update]"


def check(world: World, features: Obj) -> None:
    """Complete and check `subscription_update`.  Raises `Refusal`."""
    feature = features["subscription_update"]
    if "promotion_code" in feature["default_allowed_updates"]:
        raise Refusal(
            "The sandbox's portal takes no promotion codes: leave `promotion_code` out.",
            param=f"{_PARAM}[default_allowed_updates]",
        )
    if len(feature["products"]) > MOST:
        raise Refusal(
            f"You can specify at most {MOST} products for subscription updates.",
            param=f"{_PARAM}[products]",
        )
    feature["products"] = [
        _checked(world, product, f"{_PARAM}[products][{place}]")
        for place, product in enumerate(feature["products"])
    ]
    if feature["enabled"]:
        _must_be_usable(features)


def choices(world: World, configuration: Obj, subscription: Obj) -> list[Obj]:
    """The prices a subscription may change to, in the configuration's order.

    Those that were archived since, or are in another currency, are not offered.
    """
    products = configuration["features"]["subscription_update"]["products"] or []
    prices = (world.store.find("price", each) for product in products for each in product["prices"])
    return [
        price
        for price in prices
        if price and price["active"] and price["currency"] == subscription["currency"]
    ]


def quantities(configuration: Obj, price: Obj) -> tuple[int, int | None] | None:
    """The fewest and the most of `price` a reader may choose; None if they may not."""
    feature = configuration["features"]["subscription_update"]
    for product in feature["products"] or []:
        if price["id"] in product["prices"]:
            adjustable = product["adjustable_quantity"]
            if "quantity" in feature["default_allowed_updates"] and adjustable["enabled"]:
                return adjustable["minimum"], adjustable["maximum"]
    return None


def _must_be_usable(features: Obj) -> None:
    feature = features["subscription_update"]
    if not features["payment_method_update"]["enabled"]:
        raise Refusal("Cannot enable subscription updates while payment method update is disabled.")
    for name in ("default_allowed_updates", "products"):
        if not feature[name]:
            raise Refusal(
                f"You must specify `{name}` to enable subscription updates.",
                code="parameter_missing",
                param=f"{_PARAM}[{name}]",
            )


def _checked(world: World, given: Obj, param: str) -> Obj:
    product = world.store.get("product", given["product"], f"{param}[product]")
    for place, identifier in enumerate(given["prices"]):
        where = f"{param}[prices][{place}]"
        price = world.store.get("price", identifier, where)
        if price["product"] != product["id"]:
            raise Refusal(f"The price {identifier} is not one of {product['id']}.", param=where)
        if price["type"] != "recurring":
            raise Refusal(f"The price {identifier} must be recurring.", param=where)
        if not price["active"]:
            raise Refusal(
                f"The price {identifier} is inactive: the portal offers prices of the catalogue "
                "only.",
                param=where,
            )
    quantity = {"enabled": False, "minimum": 1, "maximum": None} | (
        given.get("adjustable_quantity") or {}
    )
    return {
        "product": product["id"],
        "prices": list(given["prices"]),
        "adjustable_quantity": quantity,
    }
