"""What a Checkout Session sells: every line checked before the first price is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects import catalogue
from donations.sandbox.objects.checkout import joining, line_rules
from donations.sandbox.objects.checkout.line_rules import Wanted
from donations.sandbox.objects.metadata import merged
from donations.sandbox.objects.prices import unit_amount_of
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

MOST: Final = 100
MOST_OF_ONE: Final = 999_999
_WITHOUT: Final = (
    "adjustable_quantity", "tax_rates", "price_data.product_data.tax_code",
    "price_data.product_data.tax_details",
)  # fmt: skip


def wanted(world: World, given: Obj, mode: str) -> list[Wanted]:
    """The lines `given` asks for, nothing made yet.  Raises the `Refusal` Stripe would."""
    asked = given.get("line_items")
    if not asked:
        raise Refusal(
            f"The `line_items` parameter is required in {mode} mode.",
            code="parameter_missing",
            param="line_items",
        )
    if len(asked) > MOST:
        raise Refusal(
            f"Array line_items exceeded maximum {MOST} allowed elements.", param="line_items"
        )
    trial = mode == "subscription" and joining.has_trial(given.get("subscription_data") or {})
    lines = [
        _wanted(world, each, f"line_items[{place}]", trial=trial)
        for place, each in enumerate(asked)
    ]
    line_rules.check(lines, mode, given.get("currency"))
    return lines


def bought(world: World, lines: list[Wanted]) -> list[Obj]:
    """The lines as the session lists them, their inline prices and products made."""
    return [_bought(world, line) for line in lines]


def copied(world: World, lines: list[Obj]) -> list[Obj]:
    """The same lines for another session, under ids of their own."""
    return [line | {"id": world.store.new_id("li")} for line in lines]


def _wanted(world: World, given: Obj, param: str, *, trial: bool) -> Wanted:
    _refuse_ineffective(given, param)
    price, data = _price(world, given, param)
    quantity = given.get("quantity")
    if quantity is None:
        raise Refusal("Quantity is required.", code="parameter_missing", param=f"{param}[quantity]")
    if not 1 <= quantity <= MOST_OF_ONE:
        raise Refusal(
            f"This value must be between 1 and {MOST_OF_ONE}.",
            code="parameter_invalid_integer",
            param=f"{param}[quantity]",
        )
    terms = price or data | {"unit_amount": unit_amount_of(data, f"{param}[price_data]")}
    return Wanted(
        param=param,
        quantity=quantity,
        unit_amount=terms["unit_amount"],
        currency=terms["currency"].lower(),
        recurring=catalogue.recurring(terms.get("recurring")),
        price=price,
        price_data=data,
        metadata=merged({}, given.get("metadata")),
        free=trial and bool(terms.get("recurring")),
    )


def _price(world: World, given: Obj, param: str) -> tuple[Obj | None, Obj]:
    """The price named, or the one to be made from `price_data`, checked."""
    data, named = given.get("price_data"), given.get("price")
    if data and named:
        raise Refusal(
            "You may only specify one of these parameters: price, price_data.", param=param
        )
    if data:
        catalogue.check_price(world, data, f"{param}[price_data]")
        return None, data
    if not named:
        raise Refusal(
            "You must provide one of `price` or `price_data` for each line item.", param=param
        )
    price = world.store.get("price", named, f"{param}[price]")
    if not price["active"]:
        raise Refusal(
            "The price specified is inactive. This field only accepts active prices.",
            param=f"{param}[price]",
        )
    if not world.store.get("product", price["product"])["active"]:
        raise Refusal(
            f"Price `{price['id']}` is not available to be purchased because its product is not "
            "active.",
            param=f"{param}[price]",
        )
    return price, {}


def _refuse_ineffective(given: Obj, param: str) -> None:
    for path in _WITHOUT:
        here: object = given
        for step in path.split("."):
            here = here.get(step) if isinstance(here, dict) else None
        if here is not None and here != {"enabled": False}:
            inner = "".join(f"[{step}]" for step in path.split("."))
            raise Refusal(
                f"The sandbox gives `{param}{inner}` no effect; leave it out.", param=param + inner
            )


def _bought(world: World, line: Wanted) -> Obj:
    price = line.price or catalogue.create_price(
        world, line.price_data, f"{line.param}[price_data]"
    )
    return {
        "id": world.store.new_id("li"),
        "object": "item",
        "amount_subtotal": line.amount,
        "amount_total": line.amount,
        "amount_discount": 0,
        "amount_tax": 0,
        "currency": line.currency,
        "description": world.store.get("product", price["product"])["name"],
        "metadata": line.metadata,
        "price": price,
        "quantity": line.quantity,
        "adjustable_quantity": None,
    }
