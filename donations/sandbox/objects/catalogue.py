"""Products and prices, also the prices made inline by `price_data`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.kernel.currencies import CURRENCIES
from donations.sandbox.objects.metadata import merged
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World


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
        url=given.get("url") or None,
    )
    world.emit("product.created", product)
    return product


def create_price(world: World, given: Obj, param: str = "") -> Obj:
    """Make a price from `price_data` or the parameters of a create; inline ones are not active.

    Raises `Refusal` for a currency outside the table or a product that is not there.
    """
    _known_currency(given["currency"], f"{param}[currency]" if param else "currency")
    product = _product_of(world, given, param)
    unit_amount = given.get("unit_amount")
    if unit_amount is None:
        raise Refusal(
            "You must specify either `unit_amount` or `unit_amount_decimal`.",
            code="parameter_missing",
            param=f"{param}[unit_amount]" if param else "unit_amount",
        )
    if unit_amount < 0:
        raise Refusal("Invalid non-negative integer", code="parameter_invalid_integer", param=param)
    price = world.make(
        "price",
        "price",
        active=not param and given.get("active", True),
        billing_scheme="per_unit",
        currency=given["currency"].lower(),
        product=product["id"],
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


def _product_of(world: World, given: Obj, param: str) -> Obj:
    if given.get("product_data"):
        return create_product(world, given["product_data"])
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
    return product


def _known_currency(code: str, param: str) -> None:
    if code.lower() not in CURRENCIES:
        raise Refusal(
            f"Invalid currency: {code}. Stripe currently supports these currencies: "
            f"{', '.join(sorted(CURRENCIES))}",
            param=param,
        )


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
