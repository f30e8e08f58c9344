"""Invoices made by the merchant of what is pending for a customer: edited, sent, thrown away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects import customers
from donations.sandbox.objects.billing import (
    collecting,
    invoice_drafts,
    invoice_items,
    invoice_lines,
    invoices,
    subscription_standing,
)
from donations.sandbox.objects.metadata import merged, update
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

FINALIZED_AFTER_SECONDS: Final = 3600
_PLAIN: Final = ("auto_advance", "collection_method", "default_payment_method", "due_date",
                 "footer", "statement_descriptor", "custom_fields")  # fmt: skip


def create(world: World, given: Obj) -> Obj:
    """A draft for a customer.  What is pending comes onto it only if that is asked for."""
    subscription = _subscription(world, given)
    owner = given.get("customer") or (subscription or {}).get("customer")
    if not owner:
        raise Refusal(
            "Missing required param: customer.", code="parameter_missing", param="customer"
        )
    customer = customers.live(world, owner, "customer")
    _check_due(given)
    currency = _currency(given, customer, subscription)
    told = {"billing_reason": "manual", "currency": currency, "auto_advance": False}
    if subscription:
        told |= invoice_drafts.of_subscription(world, subscription, "manual")
        told["billing_reason"] = "subscription_update"
    told |= {name: given[name] for name in (*_PLAIN, "description") if name in given}
    told |= {"metadata": merged({}, given.get("metadata")), "_days": given.get("days_until_due")}
    waiting = _waiting(world, given, owner, currency)
    lines = [invoice_lines.of_pending(world, entry) for entry in waiting]
    invoice = world.make("invoice", "in", **invoice_drafts.outline(world, customer, lines, told))
    for entry in waiting:
        entry["invoice"] = invoice["id"]
    invoice_drafts.number_lines(invoice)
    if subscription:
        subscription["latest_invoice"] = invoice["id"]
    world.emit("invoice.created", invoice)
    _await_finalizing(world, invoice)
    return invoice


def change(world: World, invoice: Obj, given: Obj) -> Obj:
    """Change a draft; of a finalised invoice only what says nothing about its amount."""
    free = {"auto_advance", "default_payment_method", "expand", "metadata"}
    if invoice["status"] != "draft" and given.keys() - free:
        raise Refusal("Invoice is no longer editable", code="invoice_not_editable")
    if invoice["status"] not in ("draft", "open"):
        given = {name: value for name, value in given.items() if name == "metadata"}
    _check_due({"collection_method": invoice["collection_method"], **given})
    names = [name for name in (*_PLAIN, "description") if name in given]
    before = update(invoice, given, *names)
    if "days_until_due" in given:
        invoice["_days"] = given["days_until_due"]
    if before:
        world.emit("invoice.updated", invoice, before)
    _await_finalizing(world, invoice)
    return invoice


def take_pending(world: World, invoice: Obj, entry: Obj) -> None:
    """An invoice item was put straight onto a draft."""
    line = invoice_lines.of_pending(world, entry)
    invoice["lines"]["data"].insert(0, line)
    invoice_drafts.number_lines(invoice)
    invoice_drafts.recount(invoice)
    world.emit("invoice.updated", invoice)


def leave_out(world: World, entry: Obj) -> None:
    """An invoice item was changed or deleted: the draft it was on forgets its line."""
    invoice = world.store.find("invoice", entry["invoice"])
    if invoice is None:
        return
    invoice["lines"]["data"] = [
        line for line in invoice["lines"]["data"] if _item_of(line) != entry["id"]
    ]
    invoice_drafts.recount(invoice)


def finalize(world: World, invoice: Obj, *, auto_advance: bool | None = None) -> Obj:
    """Open a draft for payment; with `auto_advance` collecting it begins."""
    if invoice["status"] != "draft":
        raise Refusal(
            "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
            code="invoice_not_editable",
        )
    if auto_advance is not None:
        invoice["auto_advance"] = auto_advance
    if invoice["auto_advance"]:
        collecting.advance(world, invoice)
        return invoice
    invoices.finalize(world, invoice)
    if invoice["status"] == "paid":
        subscription_standing.after_payment(world, invoice)
    elif invoice["collection_method"] == "charge_automatically":
        invoices.intent_of(world, invoice)
    return invoice


def send(world: World, invoice: Obj) -> Obj:
    """Mail an invoice to be paid by hand; a draft is finalised first."""
    if invoice["collection_method"] != "send_invoice":
        raise Refusal(
            "You can only manually send an invoice if its collection method is 'send_invoice'."
        )
    if invoice["status"] == "draft":
        invoices.finalize(world, invoice)
    if invoice["status"] == "open":
        invoices.intent_of(world, invoice)
        world.timeline.expect(invoice["due_date"], "invoice.due", invoice["id"])
    world.emit("invoice.sent", invoice)
    return invoice


def delete(world: World, invoice: Obj) -> Obj:
    """Throw away a draft; what was pending on it is pending again."""
    if invoice["status"] != "draft" or invoice["parent"]:
        raise Refusal(
            "You can only delete draft invoices that were not made by a subscription.",
            code="invoice_not_editable",
        )
    for entry in world.store.owned("invoiceitem", "customer", invoice["customer"]):
        if entry["invoice"] == invoice["id"]:
            entry["invoice"] = None
    world.emit("invoice.deleted", invoice)
    world.store.remove(invoice)
    return {"id": invoice["id"], "object": "invoice", "deleted": True}


def pay_off_stripe(world: World, invoice: Obj) -> Obj:
    """The merchant got the money another way."""
    invoices.give_up_intent(world, invoice, None)
    invoices.mark_paid(world, invoice, off_stripe=True)
    subscription_standing.after_payment(world, invoice)
    return invoice


def _waiting(world: World, given: Obj, owner: str, currency: str) -> list[Obj]:
    """The pending items that come onto a draft: a subscription's always, others if asked."""
    subscription = given.get("subscription")
    if not subscription and given.get("pending_invoice_items_behavior") != "include":
        return []
    return invoice_items.pending(world, owner, subscription, currency)


def _subscription(world: World, given: Obj) -> Obj | None:
    if not given.get("subscription"):
        return None
    return world.store.get("subscription", given["subscription"], "subscription")


def _currency(given: Obj, customer: Obj, subscription: Obj | None) -> str:
    wanted = given.get("currency") or (subscription or customer)["currency"] or "usd"
    return str(wanted).lower()


def _check_due(given: Obj) -> None:
    sent = given.get("collection_method") == "send_invoice"
    for name in ("days_until_due", "due_date"):
        if given.get(name) is not None and not sent:
            raise Refusal(
                f"You can only set `{name}` if `collection_method` is `send_invoice`.", param=name
            )


def _await_finalizing(world: World, invoice: Obj) -> None:
    """A draft that advances by itself does so an hour later."""
    if invoice["status"] != "draft" or not invoice["auto_advance"]:
        return
    if invoice["automatically_finalizes_at"] is None:
        at = world.clock.now() + FINALIZED_AFTER_SECONDS
        invoice["automatically_finalizes_at"] = at
        world.timeline.expect(at, "invoice.finalize", invoice["id"])


def _item_of(line: Obj) -> str | None:
    parent = line["parent"]
    found: str | None = parent[parent["type"]]["invoice_item"]
    return found
