"""Customers: made, changed, deleted."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from donations.sandbox.objects.metadata import merged, update
from donations.sandbox.refusals import missing

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

PLAIN: Final = ("name", "email", "phone", "description", "address", "shipping", "preferred_locales")


def create(world: World, given: Obj) -> Obj:
    """Make a customer and tell."""
    plain = {name: given[name] or None for name in PLAIN if name in given}
    settings = given.get("invoice_settings") or {}
    customer = world.make(
        "customer",
        "cus",
        **plain,
        balance=0,
        delinquent=False,
        tax_exempt="none",
        invoice_prefix=secrets.token_hex(4).upper(),
        next_invoice_sequence=1,
        preferred_locales=plain.get("preferred_locales") or [],
        metadata=merged({}, given.get("metadata")),
        invoice_settings={"default_payment_method": settings.get("default_payment_method")},
    )
    world.emit("customer.created", customer)
    return customer


def change(world: World, customer: Obj, given: Obj) -> Obj:
    """Lay `given` over the customer and tell what changed."""
    before = update(customer, given, *(name for name in PLAIN if name in given))
    wanted = (given.get("invoice_settings") or {}).get("default_payment_method")
    if wanted is not None:
        if wanted:
            world.store.get("payment_method", wanted, "invoice_settings[default_payment_method]")
        before["invoice_settings"] = dict(customer["invoice_settings"])
        customer["invoice_settings"]["default_payment_method"] = wanted or None
    if before:
        world.emit("customer.updated", customer, before)
    return customer


def live(world: World, identifier: str, param: str = "id") -> Obj:
    """A customer that is not deleted.  Raises `Refusal`."""
    customer = world.store.get("customer", identifier, param)
    if customer.get("deleted"):
        raise missing("customer", identifier, param)
    return customer


def delete(world: World, customer: Obj) -> Obj:
    """Delete for good; the caller ends the subscriptions first.  What is left is a stub."""
    world.emit("customer.deleted", customer)
    stub = {"id": customer["id"], "object": "customer", "deleted": True}
    customer["deleted"] = True
    return stub
