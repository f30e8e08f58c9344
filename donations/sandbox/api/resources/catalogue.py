"""Products and prices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from donations.sandbox.api.listing import listed, page
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects import catalogue, prices, products
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj

_PRODUCT_WITHOUT: Final = (
    "marketing_features", "package_dimensions", "shippable", "tax_code", "tax_details",
)  # fmt: skip
_PRICE_WITHOUT: Final = (
    "currency_options", "custom_unit_amount", "product_data.tax_code", "product_data.tax_details",
    "recurring.meter", "recurring.trial_period_days", "tiers", "tiers_mode", "transform_quantity",
)  # fmt: skip


@operation(
    "POST",
    "/v1/products",
    "ProductCreateParams",
    without=(
        *_PRODUCT_WITHOUT,
        "default_price_data.currency_options",
        "default_price_data.custom_unit_amount",
    ),
)
def create_product(call: Call) -> Obj:
    """Make a product."""
    _refuse_other(call, "type", "service")
    return catalogue.create_product(call.world, call.params)


@operation("GET", "/v1/products", "ProductListParams", without=("shippable",))
def list_products(call: Call) -> Obj:
    """Products, the newest first."""
    return listed(call, "product", ids=lambda product, ids: product["id"] in ids)


@operation("GET", "/v1/products/<id>", "ProductRetrieveParams")
def retrieve_product(call: Call) -> Obj:
    """One product."""
    return call.world.store.get("product", call.id)


@operation("POST", "/v1/products/<id>", "ProductUpdateParams", without=_PRODUCT_WITHOUT)
def update_product(call: Call) -> Obj:
    """Change a product."""
    return products.change(call.world, call.world.store.get("product", call.id), call.params)


@operation("DELETE", "/v1/products/<id>", "ProductDeleteParams")
def delete_product(call: Call) -> Obj:
    """Throw a product without prices away."""
    return products.delete(call.world, call.world.store.get("product", call.id))


@operation("POST", "/v1/prices", "PriceCreateParams", without=_PRICE_WITHOUT)
def create_price(call: Call) -> Obj:
    """Make a price."""
    _refuse_other(call, "billing_scheme", "per_unit")
    usage = (call.params.get("recurring") or {}).get("usage_type", "licensed")
    if usage != "licensed":
        raise Refusal("The sandbox has licensed prices only.", param="recurring[usage_type]")
    return catalogue.create_price(call.world, call.params)


@operation("GET", "/v1/prices", "PriceListParams")
def list_prices(call: Call) -> Obj:
    """Prices, the newest first; those made inline are not listed."""
    special: dict[str, Any] = {
        "lookup_keys": lambda price, keys: price["lookup_key"] in keys,
        "recurring": lambda price, want: want.items() <= (price["recurring"] or {}).items(),
    }
    if "product" not in call.params:
        return listed(call, "price", **special)
    every = call.world.store.owned("price", "product", call.params["product"])
    for name in ("active", "currency", "type"):
        if name in call.params:
            every = [each for each in every if each[name] == call.params[name]]
    for name, suits in special.items():
        if name in call.params:
            every = [each for each in every if suits(each, call.params[name])]
    return page(call, every, "price")


@operation("GET", "/v1/prices/<id>", "PriceRetrieveParams")
def retrieve_price(call: Call) -> Obj:
    """One price."""
    return call.world.store.get("price", call.id)


@operation("POST", "/v1/prices/<id>", "PriceUpdateParams", without=("currency_options",))
def update_price(call: Call) -> Obj:
    """Change a price's names and whether it is offered."""
    return prices.change_price(call.world, call.world.store.get("price", call.id), call.params)


def _refuse_other(call: Call, name: str, only: str) -> None:
    if call.params.get(name, only) != only:
        raise Refusal(f"The sandbox has `{name}={only}` only.", param=name)
