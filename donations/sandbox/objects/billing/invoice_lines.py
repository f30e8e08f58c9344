"""The lines of an invoice: a subscription item's period, or an invoice item that was pending."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.objects.billing.periods import share

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World


def of_items(world: World, subscription: Obj) -> list[Obj]:
    """A line for each item's present period, less what the subscription's `_share` leaves out."""
    return [_of_item(world, subscription, item) for item in subscription["items"]["data"]]


def of_pending(world: World, entry: Obj) -> Obj:
    """The line an invoice item becomes."""
    details = {"invoice_item": entry["id"], "proration": entry["proration"]}
    parent = (entry["parent"] or {}).get("subscription_details") or {}
    details |= {"subscription": parent.get("subscription")}
    told = (entry.get("proration_details") or {}).get("credited_items") or {}
    credited = told.get("invoice_line_item_details")  # a line tells of lines only
    details["proration_details"] = {"credited_items": credited} if entry["proration"] else None
    kind = "invoice_item_details"
    if parent.get("subscription_item"):
        kind = "subscription_item_details"
        details["subscription_item"] = parent["subscription_item"]
    line = _line(world, entry["amount"], entry["currency"], entry["quantity"])
    return line | {
        "description": entry["description"],
        "discountable": entry["discountable"],
        "metadata": dict(entry["metadata"]),
        "parent": {"type": kind, kind: details},
        "period": dict(entry["period"]),
        "pricing": entry["pricing"],
        "subscription": parent.get("subscription"),
    }


def _of_item(world: World, subscription: Obj, item: Obj) -> Obj:
    price, quantity = item["price"], item["quantity"]
    part, whole = subscription.get("_share") or (1, 1)
    amount = share(price["unit_amount"] * quantity, part, whole)
    product = world.store.get("product", price["product"])
    name = f"{quantity} × {product['name']}"
    trial = subscription["status"] == "trialing"
    line = _line(world, amount, price["currency"], quantity)
    return line | {
        "description": f"Trial period for {product['name']}" if trial else name,
        "metadata": dict(subscription["metadata"]),
        "parent": {
            "type": "subscription_item_details",
            "subscription_item_details": {
                "subscription": subscription["id"],
                "subscription_item": item["id"],
                "proration": part != whole and not trial,
                "invoice_item": None,
                "proration_details": None,
            },
        },
        "period": {"start": item["current_period_start"], "end": item["current_period_end"]},
        "pricing": pricing_of(price),
        "subscription": subscription["id"],
    }


def pricing_of(price: Obj) -> Obj:
    """How a line says which price it comes from."""
    return {
        "type": "price_details",
        "price_details": {"price": price["id"], "product": price["product"]},
        "unit_amount_decimal": price["unit_amount_decimal"],
    }


def _line(world: World, amount: int, currency: str, quantity: int) -> Obj:
    return {
        "id": world.store.new_id("il"),
        "object": "line_item",
        "amount": amount,
        "subtotal": amount,
        "currency": currency,
        "quantity": quantity,
        "quantity_decimal": str(quantity),
        "discountable": True,
        "discount_amounts": [],
        "discounts": [],
        "livemode": False,
        "pretax_credit_amounts": [],
        "taxes": [],
    }
