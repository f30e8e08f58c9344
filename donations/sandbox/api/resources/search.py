"""Stripe's search, which is not there: an address of its own, lest it be taken for an id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.api.operations import Call, operation
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj

_SEARCHED: Final = {
    "charges": "Charge",
    "customers": "Customer",
    "invoices": "Invoice",
    "payment_intents": "PaymentIntent",
    "prices": "Price",
    "products": "Product",
    "subscriptions": "Subscription",
}


def search(call: Call) -> Obj:
    """Refuse: nothing is indexed for it."""
    raise Refusal(
        f"Unrecognized request URL (GET: {call.path}). The sandbox has no search; list instead.",
        status=404,
    )


for _noun, _name in _SEARCHED.items():
    operation("GET", f"/v1/{_noun}/search", f"{_name}SearchParams")(search)
