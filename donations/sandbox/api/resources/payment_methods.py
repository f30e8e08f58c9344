"""Payment methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.annotations.reading import fields_of, parameters
from donations.sandbox.api.listing import listed
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects import customers
from donations.sandbox.objects.methods import method_requests, payment_methods

if TYPE_CHECKING:
    from donations.sandbox import Obj

_CREATING: Final = frozenset(
    {"allow_redisplay", "billing_details", "card", "expand", "metadata", "sepa_debit", "type"}
)
_WITHOUT: Final = (
    *sorted(set(fields_of(parameters("PaymentMethodCreateParams"))) - _CREATING),
    "billing_details.tax_id",
    "card.networks",
)


@operation("POST", "/v1/payment_methods", "PaymentMethodCreateParams", without=_WITHOUT)
def create(call: Call) -> Obj:
    """Make a payment method from a test card or a test bank account."""
    return method_requests.create(call.world, call.params)


@operation("GET", "/v1/payment_methods", "PaymentMethodListParams", without=("customer_account",))
def list_methods(call: Call) -> Obj:
    """Payment methods, the newest first."""
    if call.params.get("customer"):
        customers.live(call.world, call.params["customer"], "customer")
    return listed(call, "payment_method")


@operation("GET", "/v1/payment_methods/<id>", "PaymentMethodRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One payment method."""
    return payment_methods.named(call.world, call.id, "id")


@operation(
    "POST",
    "/v1/payment_methods/<id>",
    "PaymentMethodUpdateParams",
    without=("us_bank_account", "billing_details.tax_id", "card.networks"),
)
def update(call: Call) -> Obj:
    """Change a kept payment method."""
    method = call.world.store.get("payment_method", call.id)
    return method_requests.change(call.world, method, call.params)


@operation(
    "POST",
    "/v1/payment_methods/<id>/attach",
    "PaymentMethodAttachParams",
    without=("customer_account",),
)
def attach(call: Call) -> Obj:
    """Give a payment method, or a test name such as `pm_card_visa`, to a customer."""
    customer = customers.live(call.world, call.params.get("customer", ""), "customer")
    method = payment_methods.named(call.world, call.id)
    return payment_methods.attach(call.world, method, customer["id"])


@operation("POST", "/v1/payment_methods/<id>/detach", "PaymentMethodDetachParams")
def detach(call: Call) -> Obj:
    """Take a payment method from its customer."""
    method = call.world.store.get("payment_method", call.id)
    return payment_methods.detach(call.world, method)
