"""Products after they were made: changed, thrown away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects.metadata import update
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

_PLAIN: Final = (
    "active", "default_price", "description", "images", "name", "statement_descriptor",
    "unit_label", "url",
)  # fmt: skip


def change(world: World, product: Obj, given: Obj) -> Obj:
    """Lay `given` over a product and tell what changed.  Raises `Refusal`."""
    wanted = given.get("default_price")
    if wanted:
        price = world.store.get("price", wanted, "default_price")
        if price["product"] != product["id"]:
            raise Refusal(
                f"The price {wanted} does not belong to the product {product['id']}.",
                param="default_price",
            )
    before = update(product, given, *(name for name in _PLAIN if name in given))
    product["images"] = product["images"] or []
    if before:
        before["updated"] = product["updated"]
        product["updated"] = world.clock.now()
        world.emit("product.updated", product, before)
    return product


def delete(world: World, product: Obj) -> Obj:
    """Throw a product away, which can be done only while it has no prices."""
    if world.store.owned("price", "product", product["id"]):
        raise Refusal(
            "This product cannot be deleted because it has one or more user-created prices."
        )
    world.emit("product.deleted", product)
    world.store.remove(product)
    return {"id": product["id"], "object": "product", "deleted": True}
