"""Invoices: drawn up for one period of a subscription, collected, voided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.objects import payments
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World


def draw_up(world: World, subscription: Obj, reason: str) -> Obj:
    """A draft for the subscription's present period, and tell."""
    customer = world.store.get("customer", subscription["customer"])
    item = subscription["items"]["data"][0]
    total = item["price"]["unit_amount"] * item["quantity"]
    period = {"start": item["current_period_start"], "end": item["current_period_end"]}
    invoice = world.make(
        "invoice",
        "in",
        **dict.fromkeys(("amount_due", "amount_remaining", "subtotal", "total"), total),
        **dict.fromkeys(("subtotal_excluding_tax", "total_excluding_tax"), total),
        account_country="US",
        account_name=world.merchant_name,
        auto_advance=True,
        billing_reason=reason,
        collection_method="charge_automatically",
        currency=subscription["currency"],
        customer=customer["id"],
        customer_email=customer["email"],
        customer_name=customer["name"],
        customer_tax_exempt="none",
        customer_tax_ids=[],
        description=subscription["description"],
        issuer={"type": "self"},
        metadata={},
        parent=_parent(subscription),
        period_start=period["start"],
        period_end=period["end"],
        status="draft",
        total_discount_amounts=[],
    )
    line = _line(world, subscription, invoice, period, total)
    url = f"/v1/invoices/{invoice['id']}/lines"
    invoice["lines"] = {"object": "list", "data": [line], "has_more": False, "url": url}
    subscription["latest_invoice"] = invoice["id"]
    world.emit("invoice.created", invoice)
    return invoice


def finalize(world: World, invoice: Obj) -> None:
    """Number it and open it for payment."""
    customer = world.store.get("customer", invoice["customer"])
    sequence = customer["next_invoice_sequence"]
    customer["next_invoice_sequence"] = sequence + 1
    now = world.clock.now()
    invoice |= {
        "status": "open",
        "number": f"{customer['invoice_prefix']}-{sequence:04d}",
        "effective_at": now,
        "hosted_invoice_url": f"{world.base_url}/i/{invoice['id']}",
        "invoice_pdf": f"{world.base_url}/i/{invoice['id']}/pdf",
    }
    invoice["status_transitions"]["finalized_at"] = now
    world.emit("invoice.finalized", invoice)


def link(world: World, invoice: Obj, intent: Obj) -> Obj:
    """The invoice payment that ties an invoice to the intent meant to pay it."""
    tie = world.make(
        "invoice_payment",
        "inpay",
        invoice=invoice["id"],
        payment={"type": "payment_intent", "payment_intent": intent["id"]},
        amount_requested=intent["amount"],
        currency=intent["currency"],
        is_default=True,
        status="open",
    )
    invoice["_link"] = tie["id"]
    intent["_invoice"] = invoice["id"]
    return tie


def link_of(world: World, invoice: Obj) -> Obj | None:
    """The invoice payment of an invoice, if it has one yet."""
    return world.store.find("invoice_payment", invoice.get("_link"))


def intent_of(world: World, invoice: Obj) -> Obj:
    """The invoice's payment intent, opened and linked the first time."""
    linked = link_of(world, invoice)
    if linked:
        return world.store.get("payment_intent", linked["payment"]["payment_intent"])
    first = invoice["billing_reason"] == "subscription_create"
    intent = payments.open_intent(
        world,
        invoice["amount_due"],
        invoice["currency"],
        customer=invoice["customer"],
        description="Subscription creation" if first else "Subscription update",
    )
    link(world, invoice, intent)
    return intent


def mark_paid(world: World, invoice: Obj) -> None:
    """The money is there: invoice and link say so."""
    now = world.clock.now()
    invoice |= {
        "status": "paid",
        "attempted": True,
        "amount_paid": invoice["amount_due"],
        "amount_remaining": 0,
        "next_payment_attempt": None,
        "auto_advance": False,
    }
    invoice["attempt_count"] = max(1, invoice["attempt_count"])
    invoice["status_transitions"]["paid_at"] = now
    linked = link_of(world, invoice)
    if linked:
        linked |= {"status": "paid", "amount_paid": invoice["amount_paid"]}
        linked["status_transitions"]["paid_at"] = now
    world.emit("invoice.paid", invoice)
    world.emit("invoice.payment_succeeded", invoice)
    if linked:
        world.emit("invoice_payment.paid", linked)


def void(world: World, invoice: Obj) -> Obj:
    """Cancel a draft or open invoice for good."""
    if invoice["status"] not in ("draft", "open", "uncollectible"):
        raise Refusal(f"You can only void open invoices; this one is {invoice['status']}.")
    invoice |= {"status": "void", "auto_advance": False, "next_payment_attempt": None}
    invoice["status_transitions"]["voided_at"] = world.clock.now()
    linked = link_of(world, invoice)
    if linked:
        linked["status"] = "canceled"
        linked["status_transitions"]["canceled_at"] = world.clock.now()
        intent = world.store.get("payment_intent", linked["payment"]["payment_intent"])
        payments.cancel(world, intent, "void_invoice")
    world.emit("invoice.voided", invoice)
    return invoice


def _parent(subscription: Obj) -> Obj:
    details = {
        "subscription": subscription["id"],
        "metadata": dict(subscription["metadata"]),  # a snapshot: later changes do not reach it
    }
    return {"type": "subscription_details", "subscription_details": details}


def _line(world: World, subscription: Obj, invoice: Obj, period: Obj, total: int) -> Obj:
    item = subscription["items"]["data"][0]
    price = item["price"]
    product = world.store.get("product", price["product"])
    return {
        "id": world.store.new_id("il"),
        "object": "line_item",
        "amount": total,
        "currency": invoice["currency"],
        "description": f"{item['quantity']} × {product['name']}",
        "discountable": True,
        "discount_amounts": [],
        "discounts": [],
        "invoice": invoice["id"],
        "livemode": False,
        "metadata": dict(subscription["metadata"]),
        "parent": {
            "type": "subscription_item_details",
            "subscription_item_details": {
                "subscription": subscription["id"],
                "subscription_item": item["id"],
                "proration": False,
                "invoice_item": None,
                "proration_details": None,
            },
        },
        "period": period,
        "pretax_credit_amounts": [],
        "pricing": {
            "type": "price_details",
            "price_details": {"price": price["id"], "product": price["product"]},
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": item["quantity"],
        "quantity_decimal": str(item["quantity"]),
        "subtotal": total,
        "subscription": subscription["id"],
        "taxes": [],
    }
