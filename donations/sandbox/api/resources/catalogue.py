"""Products and prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.api.listing import listed
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects import catalogue
from donations.sandbox.objects.metadata import update

if TYPE_CHECKING:
    from donations.sandbox import Obj


@operation("POST", "/v1/products", "ProductCreateParams")
def create_product(call: Call) -> Obj:
    """Make a product."""
    return catalogue.create_product(call.world, call.params)


@operation("GET", "/v1/products", "ProductListParams")
def list_products(call: Call) -> Obj:
    """Products, the newest first."""
    return listed(call, "product", ids=lambda product, ids: product["id"] in ids)


@operation("GET", "/v1/products/<id>", "ProductRetrieveParams")
def retrieve_product(call: Call) -> Obj:
    """One product."""
    return call.world.store.get("product", call.id)


@operation("POST", "/v1/products/<id>", "ProductUpdateParams")
def update_product(call: Call) -> Obj:
    """Change a product."""
    product = call.world.store.get("product", call.id)
    names = [name for name in ("name", "description", "active", "url") if name in call.params]
    before = update(product, call.params, *names)
    if before:
        product["updated"] = call.world.clock.now()
        call.world.emit("product.updated", product, before)
    return product


@operation("POST", "/v1/prices", "PriceCreateParams")
def create_price(call: Call) -> Obj:
    """Make a price."""
    return catalogue.create_price(call.world, call.params)


@operation("GET", "/v1/prices", "PriceListParams")
def list_prices(call: Call) -> Obj:
    """Prices, the newest first."""
    return listed(
        call,
        "price",
        lookup_keys=lambda price, keys: price["lookup_key"] in keys,
        recurring=lambda price, wanted: wanted.items() <= (price["recurring"] or {}).items(),
    )


@operation("GET", "/v1/prices/<id>", "PriceRetrieveParams")
def retrieve_price(call: Call) -> Obj:
    """One price."""
    return call.world.store.get("price", call.id)
