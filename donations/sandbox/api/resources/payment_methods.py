"""Payment methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.api.listing import listed
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects import customers, payment_methods

if TYPE_CHECKING:
    from donations.sandbox import Obj


@operation("GET", "/v1/payment_methods", "PaymentMethodListParams")
def list_methods(call: Call) -> Obj:
    """Payment methods, the newest first."""
    return listed(call, "payment_method")


@operation("GET", "/v1/payment_methods/<id>", "PaymentMethodRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One payment method."""
    return payment_methods.named(call.world, call.id, "id")


@operation("POST", "/v1/payment_methods/<id>/attach", "PaymentMethodAttachParams")
def attach(call: Call) -> Obj:
    """Give a payment method, or a test name such as `pm_card_visa`, to a customer."""
    customer = customers.live(call.world, call.params["customer"], "customer")
    method = payment_methods.named(call.world, call.id)
    return payment_methods.attach(call.world, method, customer["id"])


@operation("POST", "/v1/payment_methods/<id>/detach", "PaymentMethodDetachParams")
def detach(call: Call) -> Obj:
    """Take a payment method from its customer."""
    method = call.world.store.get("payment_method", call.id)
    return payment_methods.detach(call.world, method)
