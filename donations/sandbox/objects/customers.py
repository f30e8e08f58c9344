"""Customers: made, changed, deleted."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from donations.sandbox.objects.billing import customer_balance
from donations.sandbox.objects.metadata import merged, update
from donations.sandbox.refusals import Refusal, missing

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

PLAIN: Final = (
    "name", "email", "phone", "description", "address", "shipping", "preferred_locales",
    "business_name", "individual_name", "tax_exempt", "invoice_prefix", "next_invoice_sequence",
)  # fmt: skip
_ADDRESS: Final = ("city", "country", "line1", "line2", "postal_code", "state")
_LONGEST: Final = {"email": 512, "name": 256, "phone": 20}


def create(world: World, given: Obj, clock: Obj | None = None) -> Obj:
    """Make a customer, one who lives by the test clock `clock` if there is one, and tell."""
    if clock:
        with world.clock.at(clock):
            return _made(world, given)
    return _made(world, given)


def change(world: World, customer: Obj, given: Obj) -> Obj:
    """Lay `given` over the customer and tell what changed."""
    given = _checked(given)
    before = update(customer, given, *(name for name in PLAIN if name in given))
    customer["preferred_locales"] = customer["preferred_locales"] or []
    customer["tax_exempt"] = customer["tax_exempt"] or "none"
    settings = given.get("invoice_settings") or {}
    for name in ("default_payment_method", "footer"):
        if name in settings and settings[name] != (customer["invoice_settings"].get(name) or ""):
            before["invoice_settings"] = dict(customer["invoice_settings"])
            must_own(world, customer, settings[name] if name != "footer" else "")
            customer["invoice_settings"][name] = settings[name] or None
    wanted = given.get("balance")
    if wanted is not None and wanted != customer["balance"]:
        before["balance"] = customer["balance"]
        customer_balance.adjust(world, customer, wanted - customer["balance"], "adjustment")
    if before:
        world.emit("customer.updated", customer, before)
    return customer


def must_own(world: World, customer: Obj, method: str) -> None:
    """Raise `Refusal` unless the payment method is attached to the customer."""
    if not method:
        return
    param = "invoice_settings[default_payment_method]"
    found = world.store.get("payment_method", method, param)
    if found["customer"] != customer["id"]:
        raise Refusal(
            f"The customer does not have a payment method with the ID {method}. The payment method "
            "must be attached to the customer.",
            code="resource_missing",
            param=param,
        )


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


def _made(world: World, given: Obj) -> Obj:
    given = _checked(given)
    plain = {name: given[name] or None for name in PLAIN if name in given}
    usual = {
        "tax_exempt": "none",
        "invoice_prefix": secrets.token_hex(4).upper(),
        "next_invoice_sequence": 1,
        "preferred_locales": [],
    }
    usual |= {name: value for name, value in plain.items() if value is not None}
    customer = world.make(
        "customer",
        "cus",
        **(plain | usual),
        balance=0,
        delinquent=False,
        metadata=merged({}, given.get("metadata")),
        test_clock=given.get("test_clock"),
        invoice_settings={
            name: (given.get("invoice_settings") or {}).get(name)
            for name in ("default_payment_method", "footer")
        },
    )
    if given.get("balance"):
        customer_balance.adjust(world, customer, given["balance"], "initial")
    world.emit("customer.created", customer)
    return customer


def _checked(given: Obj) -> Obj:
    """The parameters with whole addresses.  Raises `Refusal` for what no customer can have."""
    for name, longest in _LONGEST.items():
        if len(given.get(name) or "") > longest:
            raise Refusal(
                f"Invalid string: {given[name][:10]}…; must be at most {longest} characters",
                code="parameter_invalid_string",
                param=name,
            )
    email = given.get("email")
    if email and ("@" not in email.strip("@") or " " in email):
        raise Refusal(f"Invalid email address: {email}", code="email_invalid", param="email")
    whole = dict(given)
    if given.get("address"):
        whole["address"] = dict.fromkeys(_ADDRESS) | given["address"]
    if given.get("shipping"):
        inner = dict.fromkeys(_ADDRESS) | given["shipping"]["address"]
        usual = dict.fromkeys(("carrier", "phone", "tracking_number"))
        whole["shipping"] = usual | given["shipping"] | {"address": inner}
    return whole
