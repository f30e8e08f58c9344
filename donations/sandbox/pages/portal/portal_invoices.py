"""The portal's open invoices: paid with a method on file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import redirect, request

from donations.sandbox.objects.billing import collecting, invoices
from donations.sandbox.pages.portal import portal_methods

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from donations.sandbox import Obj
    from donations.sandbox.pages.portal.portal_visit import Door, Visit

_DECLINED: Final = 402


def add_pages(page: Door) -> None:
    """The page `/invoices/<identifier>/pay`."""

    @page("GET POST", "/invoices/<identifier>/pay")
    def portal_pay(visit: Visit, identifier: str) -> Response | tuple[str, int]:
        visit.require("invoice_history")
        invoice = visit.mine("invoice", identifier)
        back = request.args.get("redirect_status")
        if invoice["status"] != "open":
            paid = back == "succeeded" and invoice["status"] == "paid"
            return visit.done("paid") if paid else redirect(visit.at(), 303)
        if request.method == "GET":
            failed = {"chosen": _reason(visit, invoice)} if back == "failed" else {}
            return _form(visit, invoice, failed)
        method = visit.mine("payment_method", request.form.get("chosen", ""))
        outcome = collecting.collect(visit.world, invoice, method, manual=True, on_session=True)
        if outcome == "action":
            return _to_challenge(visit, invoice)
        if outcome == "failed":
            return _form(visit, invoice, {"chosen": _reason(visit, invoice)}, _DECLINED)
        return visit.done(outcome)


def _form(visit: Visit, invoice: Obj, wrong: dict[str, str], status: int = 200) -> tuple[str, int]:
    methods = portal_methods.saved(visit)
    default = visit.customer["invoice_settings"]["default_payment_method"]
    first = default or (methods[0]["id"] if methods else None)
    return visit.page(
        "portal_pay.html",
        status,
        invoice=invoice,
        methods=methods,
        chosen=request.form.get("chosen") or first,
        wrong=wrong,
    )


def _to_challenge(visit: Visit, invoice: Obj) -> Response:
    """The card's owner has to prove who they are; from there they come back here."""
    intent = invoices.intent_of(visit.world, invoice)
    intent["_return_url"] = visit.world.base_url + visit.at("invoices", invoice["id"], "pay")
    return redirect(f"{visit.world.base_url}/c/authenticate/{intent['id']}", 303)


def _reason(visit: Visit, invoice: Obj) -> str:
    intent = invoices.intent_of(visit.world, invoice)
    error = intent["last_payment_error"]
    return portal_methods.why(visit, error) if error else "This invoice could not be paid."
