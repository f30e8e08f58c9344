"""Prices: what one costs, what may change of it, and the key it is looked up by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.objects.metadata import update
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from decimal import Decimal

    from donations.sandbox import Obj
    from donations.sandbox.world import World


def unit_amount_of(given: Obj, param: str = "") -> int:
    """The price of one, in whole minor units.  Raises `Refusal`."""
    whole, exact = given.get("unit_amount"), given.get("unit_amount_decimal")
    name = f"{param}[unit_amount]" if param else "unit_amount"
    if whole is not None and exact is not None:
        raise Refusal(
            "You may only specify one of these parameters: unit_amount, unit_amount_decimal.",
            param=name,
        )
    if whole is None and exact is None:
        raise Refusal(
            "You must specify either `unit_amount` or `unit_amount_decimal`.",
            code="parameter_missing",
            param=name,
        )
    amount: Decimal | int = whole if whole is not None else given["unit_amount_decimal"]
    if amount != int(amount):
        raise Refusal("The sandbox has prices in whole minor units only.", param=f"{name}_decimal")
    if amount < 0:
        raise Refusal("Invalid non-negative integer", code="parameter_invalid_integer", param=name)
    return int(amount)


def take_lookup_key(world: World, given: Obj, holder: str | None = None) -> None:
    """See that a lookup key is free, or take it from the price that has it if that is asked."""
    key = given.get("lookup_key")
    for price in world.store.all("price") if key else ():
        if price["lookup_key"] == key and price["id"] != holder:
            if not given.get("transfer_lookup_key"):
                raise Refusal(
                    f"A price (`{price['id']}`) already uses that lookup key.", param="lookup_key"
                )
            loser = world.store.get("price", price["id"])
            loser["lookup_key"] = None
            world.emit("price.updated", loser, {"lookup_key": key})


def change_price(world: World, price: Obj, given: Obj) -> Obj:
    """Change what may change of a price, which is never its amount."""
    take_lookup_key(world, given, price["id"])
    names = ("active", "lookup_key", "nickname", "tax_behavior")
    before = update(price, given, *(name for name in names if name in given))
    if before:
        world.emit("price.updated", price, before)
    return price
