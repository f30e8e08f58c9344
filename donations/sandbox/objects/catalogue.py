"""Products and prices, also the prices made inline by `price_data`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.kernel.currencies import CURRENCIES
from donations.sandbox.objects.metadata import merged
from donations.sandbox.objects.prices import take_lookup_key, unit_amount_of
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

_LONGEST: Final = {"day": 1095, "week": 156, "month": 36, "year": 3}


def create_product(world: World, given: Obj) -> Obj:
    """Make a product, under the caller's own id if one is given, and tell."""
    identifier = given.get("id")
    if identifier and world.store.find("product", identifier):
        raise Refusal(
            f"Product already exists.: {identifier}", code="resource_already_exists", param="id"
        )
    product = world.make(
        "product",
        "prod",
        **({"id": identifier} if identifier else {}),
        name=given["name"],
        description=given.get("description") or None,
        active=given.get("active", True),
        type="service",
        updated=world.clock.now(),
        metadata=merged({}, given.get("metadata")),
        statement_descriptor=given.get("statement_descriptor"),
        unit_label=given.get("unit_label"),
        images=given.get("images") or [],
        url=given.get("url") or None,
    )
    if given.get("default_price_data"):
        sold = {"product": product["id"], **given["default_price_data"]}
        product["default_price"] = create_price(world, sold)["id"]
    world.emit("product.created", product)
    return product


def check_price(world: World, given: Obj, param: str = "") -> None:
    """Raise the `Refusal` that `create_price` would, and make nothing."""
    known_currency(given["currency"], f"{param}[currency]" if param else "currency")
    _check_product(world, given, param)
    unit_amount_of(given, param)
    count = (given.get("recurring") or {}).get("interval_count", 1)
    if not 1 <= count <= _LONGEST[(given.get("recurring") or {}).get("interval", "day")]:
        raise Refusal(
            "Invalid interval count: the interval between charges can be at most three years.",
            param=f"{param}[recurring][interval_count]" if param else "recurring[interval_count]",
        )
    merged({}, given.get("metadata"))
    merged({}, (given.get("product_data") or {}).get("metadata"))


def create_price(world: World, given: Obj, param: str = "") -> Obj:
    """Make a price from `price_data` or the parameters of a create; inline ones are not active.

    Raises `Refusal` for a currency outside the table or a product that is not there.
    """
    check_price(world, given, param)
    inline = given.get("product_data")
    product = create_product(world, inline)["id"] if inline else given["product"]
    unit_amount = unit_amount_of(given, param)
    take_lookup_key(world, given)
    price = world.make(
        "price",
        "price",
        active=not param and given.get("active", True),
        billing_scheme="per_unit",
        currency=given["currency"].lower(),
        product=product,
        unit_amount=unit_amount,
        unit_amount_decimal=str(unit_amount),
        type="recurring" if given.get("recurring") else "one_time",
        recurring=recurring(given.get("recurring")),
        nickname=given.get("nickname"),
        lookup_key=given.get("lookup_key"),
        tax_behavior=given.get("tax_behavior", "unspecified"),
        metadata=merged({}, given.get("metadata")),
    )
    if not param:
        world.emit("price.created", price)
    return price


def recurring(given: Obj | None) -> Obj | None:
    """The `recurring` part of a price, or None for a one-time price."""
    if not given:
        return None
    return {
        "interval": given["interval"],
        "interval_count": given.get("interval_count", 1),
        "usage_type": "licensed",
        "meter": None,
        "trial_period_days": None,
    }


def plan_of(price: Obj) -> Obj:
    """The legacy `plan` that subscription items still carry beside their price."""
    return {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": "per_unit",
        "created": price["created"],
        "currency": price["currency"],
        "interval": price["recurring"]["interval"],
        "interval_count": price["recurring"]["interval_count"],
        "livemode": False,
        "metadata": price["metadata"],
        "product": price["product"],
        "usage_type": "licensed",
    }


def _check_product(world: World, given: Obj, param: str) -> None:
    if given.get("product_data"):
        return
    name = f"{param}[product]" if param else "product"
    if not given.get("product"):
        raise Refusal(
            "You must specify either `product` or `product_data`.",
            code="parameter_missing",
            param=name,
        )
    product = world.store.get("product", given["product"], name)
    if not product["active"]:
        raise Refusal(
            f"The product {product['id']} is marked as inactive.",
            code="product_inactive",
            param=name,
        )


def known_currency(code: str, param: str) -> str:
    """The currency in small letters.  Raises `Refusal` for one that is not in the table."""
    if code.lower() not in CURRENCIES:
        raise Refusal(
            f"Invalid currency: {code}. Stripe currently supports these currencies: "
            f"{', '.join(sorted(CURRENCIES))}",
            param=param,
        )
    return code.lower()


def check_amount(amount: int, currency: str, param: str) -> None:
    """Raise `Refusal` unless `amount` may be charged: minimum, maximum and step of its currency."""
    kind = CURRENCIES[currency]
    if amount < kind.minimum:
        raise Refusal(
            f"The amount must be greater than or equal to the minimum charge amount allowed for "
            f"{currency} ({kind.minimum}).",
            code="amount_too_small",
            param=param,
        )
    if amount > kind.maximum:
        raise Refusal(
            f"The amount must be no more than {kind.maximum} in {currency}.",
            code="amount_too_large",
            param=param,
        )
    if amount % kind.step:
        raise Refusal(
            f"Invalid amount: {currency} amounts must be divisible by {kind.step}.",
            code="parameter_invalid_integer",
            param=param,
        )
