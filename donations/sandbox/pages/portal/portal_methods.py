"""The portal's payment methods on file: chosen, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from donations.sandbox.objects.portal import portal_changes
from donations.sandbox.pages.payment import languages

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from donations.sandbox import Obj
    from donations.sandbox.pages.portal.portal_visit import Door, Visit


def add_pages(page: Door) -> None:
    """The pages under `/payment-methods`."""

    @page("POST", "/payment-methods/<identifier>/default")
    def portal_make_default(visit: Visit, identifier: str) -> Response:
        visit.require("payment_method_update")
        method = visit.mine("payment_method", identifier)
        portal_changes.make_default(visit.world, visit.customer, method)
        return visit.done("default")

    @page("GET POST", "/payment-methods/<identifier>/remove")
    def portal_remove_method(visit: Visit, identifier: str) -> Response | tuple[str, int]:
        visit.require("payment_method_update")
        method = visit.mine("payment_method", identifier)
        if request.method == "GET":
            return visit.page("portal_remove.html", method=method)
        portal_changes.remove_method(visit.world, visit.customer, method)
        return visit.done("removed")


def shown(visit: Visit) -> list[Obj]:
    """The customer's payment methods, each with what the overview says of it."""
    default = visit.customer["invoice_settings"]["default_payment_method"]
    return [
        {
            "method": each,
            "is_default": each["id"] == default,
            "needed": portal_changes.is_needed(visit.world, visit.customer, each),
        }
        for each in saved(visit)
    ]


def saved(visit: Visit) -> list[Obj]:
    """The payment methods attached to the customer, the newest first."""
    mine = visit.customer["id"]
    return [each for each in visit.world.store.all("payment_method") if each["customer"] == mine]


def why(visit: Visit, error: Obj) -> str:
    """Why a bank refused, in the reader's language where it has the words."""
    declines = languages.named(visit.language.code).declines
    for name in ("decline_code", "code"):
        if error.get(name) in declines:
            return declines[error[name]]
    return str(error.get("message", ""))
