"""Invoices: made, previewed, finalised, paid, given up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.api.listing import page, within
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects.billing import (
    collecting,
    dunning,
    invoices,
    manual_invoices,
    previews,
    subscription_standing,
)
from donations.sandbox.objects.methods import payment_methods
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj

_NEITHER: Final = (
    "account_tax_ids", "application_fee_amount", "automatic_tax", "automatically_finalizes_at",
    "default_source", "default_tax_rates", "discounts", "effective_at", "issuer", "number",
    "on_behalf_of", "payment_settings", "rendering", "shipping_cost", "shipping_details",
    "transfer_data",
)  # fmt: skip


@operation(
    "POST",
    "/v1/invoices",
    "InvoiceCreateParams",
    without=(*_NEITHER, "customer_account", "from_invoice"),
)
def create(call: Call) -> Obj:
    """Make a draft."""
    return manual_invoices.create(call.world, call.params)


@operation(
    "POST",
    "/v1/invoices/create_preview",
    "InvoiceCreatePreviewParams",
    without=(
        "automatic_tax", "customer_account", "customer_details", "discounts", "invoice_items",
        "issuer", "on_behalf_of", "preview_mode", "schedule", "schedule_details",
        "subscription_details.billing_cycle_anchor.timestamp", "subscription_details.billing_mode",
        "subscription_details.billing_schedules", "subscription_details.cancel_at",
        "subscription_details.cancel_now", "subscription_details.default_tax_rates",
        "subscription_details.items.billing_thresholds", "subscription_details.items.clear_usage",
        "subscription_details.items.current_trial", "subscription_details.items.discounts",
        "subscription_details.items.plan", "subscription_details.items.tax_rates",
        "subscription_details.pause", "subscription_details.resume_at",
        "subscription_details.start_date", "subscription_details.trial_end",
    ),
)  # fmt: skip
def create_preview(call: Call) -> Obj:
    """Show the invoice to come."""
    return previews.create(call.world, call.params)


@operation("GET", "/v1/invoices", "InvoiceListParams", without=("customer_account",))
def list_invoices(call: Call) -> Obj:
    """Invoices, the newest first."""
    given, store = call.params, call.world.store
    if "subscription" in given:
        every = store.owned("invoice", "_subscription", given["subscription"])
    elif "customer" in given:
        every = store.owned("invoice", "customer", given["customer"])
    else:
        every = list(store.all("invoice"))
    return page(call, [each for each in every if _suits(each, given)], "invoice")


@operation("GET", "/v1/invoices/<id>", "InvoiceRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One invoice."""
    return call.world.store.get("invoice", call.id)


@operation("POST", "/v1/invoices/<id>", "InvoiceUpdateParams", without=_NEITHER)
def update(call: Call) -> Obj:
    """Change a draft, or how a finalised invoice is collected."""
    invoice = call.world.store.get("invoice", call.id)
    return manual_invoices.change(call.world, invoice, call.params)


@operation("DELETE", "/v1/invoices/<id>", "InvoiceDeleteParams")
def delete(call: Call) -> Obj:
    """Throw a draft away."""
    return manual_invoices.delete(call.world, call.world.store.get("invoice", call.id))


@operation("GET", "/v1/invoices/<id>/lines", "InvoiceLineItemListParams")
def list_lines(call: Call) -> Obj:
    """The lines of one invoice."""
    invoice = call.world.store.get("invoice", call.id)
    return page(call, invoice["lines"]["data"], "line_item")


@operation("POST", "/v1/invoices/<id>/finalize", "InvoiceFinalizeInvoiceParams")
def finalize(call: Call) -> Obj:
    """Open a draft for payment."""
    invoice = call.world.store.get("invoice", call.id)
    given = call.params.get("auto_advance")
    return manual_invoices.finalize(call.world, invoice, auto_advance=given)


@operation("POST", "/v1/invoices/<id>/send", "InvoiceSendInvoiceParams")
def send(call: Call) -> Obj:
    """Mail an invoice."""
    return manual_invoices.send(call.world, call.world.store.get("invoice", call.id))


@operation(
    "POST",
    "/v1/invoices/<id>/pay",
    "InvoicePayParams",
    without=("forgive", "mandate", "source"),
)
def pay(call: Call) -> Obj:
    """Try to collect an open invoice now.  A decline is answered with 402."""
    invoice = call.world.store.get("invoice", call.id)
    if invoice["status"] == "paid":
        raise Refusal("Invoice is already paid", code="invoice_already_paid")
    if invoice["status"] == "draft":
        invoices.finalize(call.world, invoice)
        if invoice["status"] == "paid":
            subscription_standing.after_payment(call.world, invoice)
            return invoice
    if invoice["status"] not in ("open", "uncollectible"):
        raise Refusal(f"This invoice is {invoice['status']} and cannot be paid.")
    if call.params.get("paid_out_of_band"):
        return manual_invoices.pay_off_stripe(call.world, invoice)
    chosen = call.params.get("payment_method")
    method = payment_methods.named(call.world, chosen) if chosen else None
    here = call.params.get("off_session") is False
    outcome = collecting.collect(call.world, invoice, method, manual=True, on_session=here)
    if outcome in ("failed", "action"):
        raise _declined(call, invoice)
    return invoice


@operation("POST", "/v1/invoices/<id>/void", "InvoiceVoidInvoiceParams")
def void(call: Call) -> Obj:
    """Cancel an invoice for good."""
    invoice = call.world.store.get("invoice", call.id)
    if invoice["status"] == "draft":
        raise Refusal("You can only void open or uncollectible invoices; delete a draft.")
    invoices.void(call.world, invoice)
    subscription_standing.after_write_off(call.world, invoice)
    return invoice


@operation("POST", "/v1/invoices/<id>/mark_uncollectible", "InvoiceMarkUncollectibleParams")
def mark_uncollectible(call: Call) -> Obj:
    """Write an open invoice off."""
    invoice = call.world.store.get("invoice", call.id)
    invoices.mark_uncollectible(call.world, invoice, "user_forgiven")
    subscription_standing.after_write_off(call.world, invoice)
    return invoice


def _suits(invoice: Obj, given: Obj) -> bool:
    for name in ("customer", "collection_method", "status"):
        if name in given and invoice[name] != given[name]:
            return False
    return all(
        invoice[name] is not None and within(invoice[name], given[name])
        for name in ("created", "due_date")
        if name in given
    )


def _declined(call: Call, invoice: Obj) -> Refusal:
    intent = invoices.intent_of(call.world, invoice)
    if intent["last_payment_error"] is None and intent["status"] != "requires_action":
        return Refusal(
            "This customer has no attached payment source or default payment method.",
            code="resource_missing",
            kept=True,
        )
    return dunning.declined(intent)
