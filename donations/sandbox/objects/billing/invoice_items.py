"""Invoice items: amounts that wait to be put on an invoice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from donations.sandbox.objects import catalogue, customers
from donations.sandbox.objects.billing.invoice_lines import pricing_of
from donations.sandbox.objects.metadata import merged, update
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World


def keep(world: World, values: Obj) -> Obj:
    """Make an invoice item of `values` and tell."""
    entry = world.make("invoiceitem", "ii", **values)
    world.emit("invoiceitem.created", entry)
    return entry


def pending(world: World, customer: str, subscription: str | None, currency: str) -> list[Obj]:
    """What waits for the next invoice, the oldest first.

    A subscription's invoice takes its own items and those of no subscription; an invoice of no
    subscription takes only the latter.
    """
    mine = world.store.owned("invoiceitem", "customer", customer)
    return [
        entry
        for entry in reversed(mine)
        if entry["invoice"] is None
        and entry["currency"] == currency
        and _subscription_of(entry) in (None, subscription)
    ]


def create(world: World, given: Obj) -> Obj:
    """An invoice item by the merchant: an amount, or a one-time price and a quantity."""
    invoice = _draft(world, given.get("invoice"))
    owner = given.get("customer") or (invoice or {}).get("customer")
    if not owner:
        raise Refusal(
            "Missing required param: customer.", code="parameter_missing", param="customer"
        )
    customer = customers.live(world, owner, "customer")
    subscription = given.get("subscription")
    if subscription:
        world.store.get("subscription", subscription, "subscription")
    now = world.clock.now()
    period = given.get("period") or {"start": now, "end": now}
    parent = {
        "type": "subscription_details",
        "subscription_details": {"subscription": subscription},
    }
    values = _worth(world, given) | {
        "customer": customer["id"],
        "date": now,
        "description": given.get("description"),
        "discountable": given.get("discountable", True),
        "discounts": [],
        "invoice": invoice and invoice["id"],
        "metadata": merged({}, given.get("metadata")),
        "parent": parent if subscription else None,
        "period": dict(period),
        "proration": False,
        "tax_rates": [],
        "test_clock": customer["test_clock"],
    }
    return keep(world, values)


def change(world: World, entry: Obj, given: Obj) -> Obj:
    """Change an item that is on no finalised invoice.  Stripe has no event for it."""
    _must_be_free(world, entry)
    update(entry, given, *(name for name in ("description", "discountable") if name in given))
    priced = ("amount", "quantity", "price_data", "pricing", "unit_amount_decimal")
    if any(name in given for name in priced):
        worth = {"currency": entry["currency"], "quantity": entry["quantity"], **given}
        if entry["pricing"] and not given.keys() & {"amount", "price_data", "unit_amount_decimal"}:
            worth.setdefault("pricing", {"price": entry["pricing"]["price_details"]["price"]})
        entry |= _worth(world, worth)
    if "period" in given:
        entry["period"] = dict(given["period"])
    return entry


def delete(world: World, entry: Obj) -> Obj:
    """Take an item back that is on no finalised invoice."""
    _must_be_free(world, entry)
    world.emit("invoiceitem.deleted", entry)
    world.store.remove(entry)
    return {"id": entry["id"], "object": "invoiceitem", "deleted": True}


def _worth(world: World, given: Obj) -> Obj:
    """Amount, currency, quantity and pricing of what `given` describes.  Raises `Refusal`."""
    quantity = given.get("quantity", 1)
    wanted = (given.get("pricing") or {}).get("price")
    if wanted or given.get("price_data"):
        price = (
            world.store.get("price", wanted, "pricing[price]")
            if wanted
            else catalogue.create_price(world, given["price_data"], "price_data")
        )
        if price["type"] != "one_time":
            raise Refusal(
                "The price specified is set to `type=recurring` but this field only accepts prices "
                "with `type=one_time`.",
                param="pricing[price]",
            )
        amount, currency = price["unit_amount"] * quantity, price["currency"]
        return _sum(amount, currency, quantity) | {"pricing": pricing_of(price)}
    amount = given.get("amount")
    unit = given.get("unit_amount_decimal")
    if amount is None and unit is not None:
        amount = round(unit * quantity)
    if amount is None or not given.get("currency"):
        lacking = "currency" if amount is not None else "amount"
        raise Refusal(
            f"Missing required param: {lacking}.", code="parameter_missing", param=lacking
        )
    return _sum(amount, given["currency"].lower(), quantity) | {"pricing": None}


def _sum(amount: int, currency: str, quantity: int) -> dict[str, Any]:
    told = {"amount": amount, "net_amount": amount, "currency": currency}
    return told | {"quantity": quantity, "quantity_decimal": str(quantity)}


def _draft(world: World, identifier: str | None) -> Obj | None:
    if identifier is None:
        return None
    invoice = world.store.get("invoice", identifier, "invoice")
    if invoice["status"] != "draft":
        raise Refusal("Invoice is no longer editable", code="invoice_not_editable", param="invoice")
    return invoice


def _must_be_free(world: World, entry: Obj) -> None:
    invoice = world.store.find("invoice", entry["invoice"])
    if invoice and invoice["status"] != "draft":
        raise Refusal("Invoice is no longer editable", code="invoice_not_editable")


def _subscription_of(entry: Obj) -> str | None:
    details: Obj = (entry["parent"] or {}).get("subscription_details") or {}
    found: str | None = details.get("subscription")
    return found
