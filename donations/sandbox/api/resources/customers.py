"""Customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.api.listing import page
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects import customers, payment_methods, subscriptions

if TYPE_CHECKING:
    from donations.sandbox import Obj


@operation("POST", "/v1/customers", "CustomerCreateParams")
def create(call: Call) -> Obj:
    """Make a customer, with a payment method if one is given."""
    customer = customers.create(call.world, call.params)
    if call.params.get("payment_method"):
        method = payment_methods.named(call.world, call.params["payment_method"])
        payment_methods.attach(call.world, method, customer["id"])
    return customer


@operation("GET", "/v1/customers", "CustomerListParams")
def list_customers(call: Call) -> Obj:
    """Customers that are not deleted, the newest first."""
    live = [each for each in call.world.store.all("customer") if not each.get("deleted")]
    wanted = call.params.get("email")
    return page(call, [each for each in live if wanted in (None, each["email"])], "customer")


@operation("GET", "/v1/customers/<id>", "CustomerRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One customer; of a deleted one only the stub."""
    customer = call.world.store.get("customer", call.id)
    if customer.get("deleted"):
        return {"id": call.id, "object": "customer", "deleted": True}
    return customer


@operation("POST", "/v1/customers/<id>", "CustomerUpdateParams")
def update(call: Call) -> Obj:
    """Change a customer."""
    return customers.change(call.world, customers.live(call.world, call.id), call.params)


@operation("DELETE", "/v1/customers/<id>", "CustomerDeleteParams")
def delete(call: Call) -> Obj:
    """Delete a customer, which ends their subscriptions."""
    customer = customers.live(call.world, call.id)
    for subscription in list(call.world.store.all("subscription")):
        mine = subscription["customer"] == call.id
        if mine and subscription["status"] not in subscriptions.ENDED:
            subscriptions.end(call.world, subscription, "cancellation_requested")
    return customers.delete(call.world, customer)


@operation("GET", "/v1/customers/<id>/payment_methods", "CustomerPaymentMethodListParams")
def list_methods(call: Call) -> Obj:
    """The customer's payment methods."""
    customers.live(call.world, call.id)
    every = call.world.store.all("payment_method")
    wanted = call.params.get("type")
    mine = [m for m in every if m["customer"] == call.id and wanted in (None, m["type"])]
    return page(call, mine, "payment_method")
