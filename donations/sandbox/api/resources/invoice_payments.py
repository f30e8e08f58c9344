"""What ties invoices to the payments meant for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.api.listing import listed, page, within
from donations.sandbox.api.operations import Call, operation

if TYPE_CHECKING:
    from donations.sandbox import Obj


@operation("GET", "/v1/invoice_payments", "InvoicePaymentListParams")
def list_payments(call: Call) -> Obj:
    """The ties, the newest first: by invoice, by payment, by status."""
    wanted = call.params.get("payment")
    if "invoice" not in call.params and not wanted:
        return listed(call, "invoice_payment")
    store = call.world.store
    if "invoice" in call.params:
        found = store.owned("invoice_payment", "invoice", call.params["invoice"])
    else:
        intent = store.find("payment_intent", (wanted or {}).get("payment_intent")) or {}
        found = store.owned("invoice_payment", "invoice", intent.get("_invoice", ""))
    return page(call, [each for each in found if _suits(each, call.params)], "invoice_payment")


@operation("GET", "/v1/invoice_payments/<id>", "InvoicePaymentRetrieveParams")
def retrieve_payment(call: Call) -> Obj:
    """One tie."""
    return call.world.store.get("invoice_payment", call.id)


def _suits(tie: Obj, given: Obj) -> bool:
    wanted = given.get("payment")
    if wanted and tie["payment"].get(wanted["type"]) != wanted.get(wanted["type"]):
        return False
    if "status" in given and tie["status"] != given["status"]:
        return False
    return "created" not in given or within(tie["created"], given["created"])
