"""Invoices and the payments tied to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.api.listing import listed, page
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects import invoices, payment_methods, renewals
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj


@operation("GET", "/v1/invoices", "InvoiceListParams")
def list_invoices(call: Call) -> Obj:
    """Invoices, the newest first."""
    return listed(
        call,
        "invoice",
        subscription=lambda invoice, wanted: (
            invoice["parent"]["subscription_details"]["subscription"] == wanted
        ),
    )


@operation("GET", "/v1/invoices/<id>", "InvoiceRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One invoice."""
    return call.world.store.get("invoice", call.id)


@operation("GET", "/v1/invoices/<id>/lines", "InvoiceLineItemListParams")
def list_lines(call: Call) -> Obj:
    """The lines of one invoice."""
    invoice = call.world.store.get("invoice", call.id)
    return page(call, invoice["lines"]["data"], "line_item")


@operation("POST", "/v1/invoices/<id>/pay", "InvoicePayParams")
def pay(call: Call) -> Obj:
    """Try to collect an open invoice now.  A decline is answered with 402."""
    invoice = call.world.store.get("invoice", call.id)
    if invoice["status"] == "paid":
        raise Refusal("Invoice is already paid", code="invoice_already_paid")
    if invoice["status"] == "draft":
        invoices.finalize(call.world, invoice)
    if invoice["status"] not in ("open", "uncollectible"):
        raise Refusal(f"This invoice is {invoice['status']} and cannot be paid.")
    chosen = call.params.get("payment_method")
    method = payment_methods.named(call.world, chosen) if chosen else None
    if renewals.collect(call.world, invoice, method) == "failed":
        raise _declined(call, invoice)
    return invoice


@operation("POST", "/v1/invoices/<id>/void", "InvoiceVoidInvoiceParams")
def void(call: Call) -> Obj:
    """Cancel an invoice for good."""
    return invoices.void(call.world, call.world.store.get("invoice", call.id))


@operation("GET", "/v1/invoice_payments", "InvoicePaymentListParams")
def list_payments(call: Call) -> Obj:
    """What ties invoices and payment intents: by invoice, by payment, by status."""
    return listed(
        call,
        "invoice_payment",
        payment=lambda link, wanted: (
            link["payment"].get(wanted["type"]) == wanted.get(wanted["type"])
        ),
    )


@operation("GET", "/v1/invoice_payments/<id>", "InvoicePaymentRetrieveParams")
def retrieve_payment(call: Call) -> Obj:
    """One tie."""
    return call.world.store.get("invoice_payment", call.id)


def _declined(call: Call, invoice: Obj) -> Refusal:
    link = invoices.link_of(call.world, invoice)
    if link is None:
        return Refusal(
            "This customer has no attached payment source or default payment method.",
            code="resource_missing",
            kept=True,
        )
    intent = call.world.store.get("payment_intent", link["payment"]["payment_intent"])
    error = intent["last_payment_error"]
    return Refusal(
        error["message"],
        status=402,
        kind="card_error",
        code=error["code"],
        decline_code=error.get("decline_code"),
        kept=True,
    )
