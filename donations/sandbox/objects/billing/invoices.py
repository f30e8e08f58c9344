"""Invoices: drawn up, finalised, paid, given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.objects.billing import (
    customer_balance,
    invoice_drafts,
    invoice_items,
    invoice_lines,
    prorations,
)
from donations.sandbox.objects.billing.periods import DAY
from donations.sandbox.objects.payments import payments
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World


def draw_up(world: World, subscription: Obj, reason: str, *, whole: bool = True) -> Obj:
    """A draft for the subscription, and tell: its present period, and what is pending.

    Without `whole` only what is pending.
    """
    lines = invoice_lines.of_items(world, subscription) if whole else []
    waiting = invoice_items.pending(
        world, subscription["customer"], subscription["id"], subscription["currency"]
    )
    lines = [invoice_lines.of_pending(world, entry) for entry in waiting] + lines
    customer = world.store.get("customer", subscription["customer"])
    given = invoice_drafts.of_subscription(world, subscription, reason)
    invoice = world.make("invoice", "in", **invoice_drafts.outline(world, customer, lines, given))
    _take_in(invoice, waiting)
    own = invoice["lines"]["data"][len(waiting) :]
    for line, item in zip(own, subscription["items"]["data"], strict=whole):
        prorations.note_debit(subscription, item, line["amount"], line)
        item["billed_until"] = item["current_period_end"]
    subscription["latest_invoice"] = invoice["id"]
    world.emit("invoice.created", invoice)
    return invoice


def finalize(world: World, invoice: Obj) -> None:
    """Number it, settle it with the customer's balance, open it; nothing due is paid at once."""
    customer = world.store.get("customer", invoice["customer"])
    sequence = customer["next_invoice_sequence"]
    customer["next_invoice_sequence"] = sequence + 1
    now = world.clock.now()
    customer_balance.apply(world, invoice)
    invoice |= {
        "status": "open",
        "automatically_finalizes_at": None,
        "number": f"{customer['invoice_prefix']}-{sequence:04d}",
        "effective_at": invoice["effective_at"] or now,
        "hosted_invoice_url": f"{world.base_url}/i/{invoice['id']}",
        "invoice_pdf": f"{world.base_url}/i/{invoice['id']}/pdf",
    }
    if invoice["collection_method"] == "send_invoice" and invoice["due_date"] is None:
        invoice["due_date"] = now + (invoice.get("_days") or 0) * DAY
    invoice["status_transitions"]["finalized_at"] = now
    world.emit("invoice.finalized", invoice)
    if invoice["amount_due"] == 0:
        mark_paid(world, invoice)


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
    told = {"subscription_create": "Subscription creation", "manual": "Payment for Invoice"}
    says = told.get(invoice["billing_reason"], "Subscription update")
    intent = payments.open_intent(
        world,
        invoice["amount_due"],
        invoice["currency"],
        customer=invoice["customer"],
        description=says,
    )
    link(world, invoice, intent)
    return intent


def mark_paid(world: World, invoice: Obj, *, off_stripe: bool = False) -> None:
    """The money is there, or nothing was due: invoice and link say so."""
    now = world.clock.now()
    invoice |= {
        "status": "paid",
        "attempted": True,
        "amount_paid": invoice["amount_due"],
        "amount_paid_off_stripe": invoice["amount_due"] if off_stripe else 0,
        "amount_remaining": 0,
        "next_payment_attempt": None,
        "auto_advance": False,
    }
    if invoice["amount_due"] and not off_stripe:
        invoice["attempt_count"] = max(1, invoice["attempt_count"])
    invoice["status_transitions"]["paid_at"] = now
    linked = link_of(world, invoice)
    if linked and not off_stripe:
        linked |= {"status": "paid", "amount_paid": invoice["amount_paid"]}
        linked["status_transitions"]["paid_at"] = now
    world.emit("invoice.paid", invoice)
    world.emit("invoice.payment_succeeded", invoice)
    if linked and not off_stripe:
        world.emit("invoice_payment.paid", linked)


def void(world: World, invoice: Obj) -> Obj:
    """Cancel a draft or open invoice for good."""
    if invoice["status"] not in ("draft", "open", "uncollectible"):
        raise Refusal(f"You can only void open invoices; this one is {invoice['status']}.")
    invoice |= {"status": "void", "auto_advance": False, "next_payment_attempt": None}
    invoice["status_transitions"]["voided_at"] = world.clock.now()
    give_up_intent(world, invoice, "void_invoice")
    world.emit("invoice.voided", invoice)
    return invoice


def mark_uncollectible(world: World, invoice: Obj, reason: str) -> Obj:
    """Write an open invoice off; it can still be paid."""
    if invoice["status"] != "open":
        raise Refusal(
            f"You can only mark open invoices as uncollectible; this one is {invoice['status']}."
        )
    invoice |= {
        "status": "uncollectible",
        "auto_advance": False,
        "next_payment_attempt": None,
        "status_details": {"uncollectible": {"reason": reason}},
    }
    invoice["status_transitions"]["marked_uncollectible_at"] = world.clock.now()
    world.emit("invoice.marked_uncollectible", invoice)
    return invoice


def give_up_intent(world: World, invoice: Obj, reason: str | None) -> None:
    """Cancel the payment intent of an invoice that will not be paid with it."""
    linked = link_of(world, invoice)
    if linked is None or linked["status"] != "open":
        return
    linked["status"] = "canceled"
    linked["status_transitions"]["canceled_at"] = world.clock.now()
    intent = world.store.get("payment_intent", linked["payment"]["payment_intent"])
    if intent["status"] in payments.CANCELABLE:
        payments.cancel(world, intent, reason)


def _take_in(invoice: Obj, waiting: list[Obj]) -> None:
    for entry in waiting:
        entry["invoice"] = invoice["id"]
    invoice_drafts.number_lines(invoice)
