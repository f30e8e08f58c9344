"""Prorations: credit for unused time, a charge for what remains, to the second.

A credit is a part of what was really debited for the period (flexible billing), not of what the
item costs now.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from donations.sandbox.objects.billing.invoice_lines import pricing_of
from donations.sandbox.objects.billing.periods import share

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World


def note_debit(subscription: Obj, item: Obj, amount: int, source: Obj) -> None:
    """Remember what an item's present time was debited: `source` is the line or invoice item."""
    subscription.setdefault("_debits", {})[item["id"]] = {
        "amount": amount,
        "quantity": item["quantity"],
        "price": item["price"],
        "from": source["period"]["start"],
        "to": source["period"]["end"],
        "credits": _reference(source),
    }


def credit(world: World, subscription: Obj, item: Obj, at: int) -> Obj | None:
    """The invoice item that gives back an item's time from `at` on; None if none was paid for."""
    debit = subscription.get("_debits", {}).get(item["id"])
    if not debit or debit["to"] <= at or not debit["amount"]:
        return None
    start = max(at, debit["from"])
    amount = -share(debit["amount"], debit["to"] - start, debit["to"] - debit["from"])
    period = {"start": start, "end": debit["to"]}
    entry = _entry(world, subscription, item, debit, period)
    entry["description"] = _says(world, "Unused", debit, at)
    details = {"credited_items": debit["credits"], "discount_amounts": []}
    return entry | _worth(amount, debit) | {"proration_details": details}


def charge(world: World, subscription: Obj, item: Obj, at: int) -> Obj:
    """The invoice item that charges an item, as it is now, from `at` to its period's end."""
    start, end = item["current_period_start"], item["current_period_end"]
    full = item["price"]["unit_amount"] * item["quantity"]
    part, whole = subscription.get("_share") or (0, 0)
    length = whole if part else end - start
    entry = _entry(world, subscription, item, item, {"start": at, "end": end})
    entry["description"] = _says(world, "Remaining", item, at)
    details: Obj = {"credited_items": None, "discount_amounts": []}
    return entry | _worth(share(full, end - at, length), item) | {"proration_details": details}


def _entry(world: World, subscription: Obj, item: Obj, sold: Obj, period: Obj) -> Obj:
    details = {"subscription": subscription["id"], "subscription_item": item["id"]}
    return {
        "currency": subscription["currency"],
        "customer": subscription["customer"],
        "date": world.clock.now(),
        "discountable": False,
        "discounts": [],
        "invoice": None,
        "metadata": dict(subscription["metadata"]),
        "parent": {"type": "subscription_details", "subscription_details": details},
        "period": period,
        "pricing": pricing_of(sold["price"]),
        "proration": True,
        "tax_rates": [],
        "test_clock": subscription["test_clock"],
        "_item": item["id"],
    }


def _worth(amount: int, sold: Obj) -> Obj:
    quantity = sold["quantity"]
    told = {"quantity": quantity, "quantity_decimal": str(quantity)}
    return told | {"amount": amount, "net_amount": amount}


def _says(world: World, what: str, sold: Obj, at: int) -> str:
    product = world.store.get("product", sold["price"]["product"])
    many = f"{sold['quantity']} × " if sold["quantity"] != 1 else ""
    day = datetime.fromtimestamp(at, UTC).strftime("%d %b %Y")
    return f"{what} time on {many}{product['name']} after {day}"


def _reference(source: Obj) -> Obj:
    if source["object"] == "invoiceitem":
        return {"type": "invoice_item", "invoice_item": source["id"]}
    lines = {"invoice": source["invoice"], "invoice_line_items": [source["id"]]}
    return {"type": "invoice_line_items", "invoice_line_item_details": lines}
