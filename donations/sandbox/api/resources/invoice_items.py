"""Invoice items: what waits for the customer's next invoice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.api.listing import page, within
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects.billing import invoice_items, manual_invoices

if TYPE_CHECKING:
    from donations.sandbox import Obj

_WITHOUT: Final = (
    "discounts", "price_data.tax_behavior", "quantity_decimal", "tax_behavior", "tax_code",
    "tax_rates",
)  # fmt: skip


@operation(
    "POST",
    "/v1/invoiceitems",
    "InvoiceItemCreateParams",
    without=(*_WITHOUT, "customer_account"),
)
def create(call: Call) -> Obj:
    """Add an amount to the customer's next invoice, or to a draft."""
    entry = invoice_items.create(call.world, call.params)
    if entry["invoice"]:
        invoice = call.world.store.get("invoice", entry["invoice"])
        manual_invoices.take_pending(call.world, invoice, entry)
    return entry


@operation("GET", "/v1/invoiceitems", "InvoiceItemListParams", without=("customer_account",))
def list_items(call: Call) -> Obj:
    """Invoice items, the newest first."""
    given, store = call.params, call.world.store
    owner = given.get("customer")
    every = store.owned("invoiceitem", "customer", owner) if owner else store.all("invoiceitem")
    return page(call, [each for each in every if _suits(each, given)], "invoiceitem")


@operation("GET", "/v1/invoiceitems/<id>", "InvoiceItemRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One invoice item."""
    return call.world.store.get("invoiceitem", call.id)


@operation(
    "POST",
    "/v1/invoiceitems/<id>",
    "InvoiceItemUpdateParams",
    without=(*_WITHOUT, "invoicing_rules"),
)
def update(call: Call) -> Obj:
    """Change an invoice item, and the draft it is on."""
    entry = call.world.store.get("invoiceitem", call.id)
    invoice_items.change(call.world, entry, call.params)
    if entry["invoice"]:
        manual_invoices.leave_out(call.world, entry)
        invoice = call.world.store.get("invoice", entry["invoice"])
        manual_invoices.take_pending(call.world, invoice, entry)
    return entry


@operation("DELETE", "/v1/invoiceitems/<id>", "InvoiceItemDeleteParams")
def delete(call: Call) -> Obj:
    """Take an invoice item back."""
    entry = call.world.store.get("invoiceitem", call.id)
    answer = invoice_items.delete(call.world, entry)
    manual_invoices.leave_out(call.world, entry)
    return answer


def _suits(entry: Obj, given: Obj) -> bool:
    if "invoice" in given and entry["invoice"] != given["invoice"]:
        return False
    if "pending" in given and given["pending"] != (entry["invoice"] is None):
        return False
    return "created" not in given or within(entry["date"], given["created"])
