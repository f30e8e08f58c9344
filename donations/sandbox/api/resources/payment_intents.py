"""Payment intents: to read and to give up; Checkout makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.api.listing import listed
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects import payments

if TYPE_CHECKING:
    from donations.sandbox import Obj


@operation("GET", "/v1/payment_intents", "PaymentIntentListParams")
def list_intents(call: Call) -> Obj:
    """Payment intents, the newest first."""
    return listed(call, "payment_intent")


@operation("GET", "/v1/payment_intents/<id>", "PaymentIntentRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One payment intent."""
    return call.world.store.get("payment_intent", call.id)


@operation("POST", "/v1/payment_intents/<id>/cancel", "PaymentIntentCancelParams")
def cancel(call: Call) -> Obj:
    """Give up a payment intent that has not succeeded."""
    intent = call.world.store.get("payment_intent", call.id)
    return payments.cancel(call.world, intent, call.params.get("cancellation_reason"))
