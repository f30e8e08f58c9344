"""Customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.api.listing import page, within
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects import customers, test_clocks
from donations.sandbox.objects.billing import subscriptions
from donations.sandbox.objects.methods import payment_methods
from donations.sandbox.refusals import missing

if TYPE_CHECKING:
    from donations.sandbox import Obj

_WITHOUT: Final = (
    "cash_balance", "invoice_settings.custom_fields", "invoice_settings.rendering_options",
    "source", "tax", "validate",
)  # fmt: skip


@operation(
    "POST",
    "/v1/customers",
    "CustomerCreateParams",
    without=(*_WITHOUT, "tax_id_data"),
)
def create(call: Call) -> Obj:
    """Make a customer, with a payment method if one is given."""
    chosen = call.params.get("payment_method")
    default = (call.params.get("invoice_settings") or {}).get("default_payment_method")
    method = payment_methods.named(call.world, chosen) if chosen else None
    given = dict(call.params)
    named = given.get("test_clock")
    clock = test_clocks.admit(call.world, named) if named else None
    if default:  # it can only be the one attached in the same breath
        if method is None or default not in (chosen, method["id"]):
            raise missing("payment_method", default, "invoice_settings[default_payment_method]")
        given["invoice_settings"] = given["invoice_settings"] | {
            "default_payment_method": method["id"]
        }
    customer = customers.create(call.world, given, clock)
    if method:
        with call.world.on_clock_of(customer["id"]):
            payment_methods.attach(call.world, method, customer["id"])
    return customer


@operation("GET", "/v1/customers", "CustomerListParams")
def list_customers(call: Call) -> Obj:
    """Customers that are not deleted, the newest first; those of a test clock only if asked for."""
    every = call.world.store.all("customer")
    return page(call, [each for each in every if _suits(each, call.params)], "customer")


@operation("GET", "/v1/customers/<id>", "CustomerRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One customer; of a deleted one only the stub."""
    customer = call.world.store.get("customer", call.id)
    if customer.get("deleted"):
        return {"id": call.id, "object": "customer", "deleted": True}
    return customer


@operation(
    "POST", "/v1/customers/<id>", "CustomerUpdateParams", without=(*_WITHOUT, "default_source")
)
def update(call: Call) -> Obj:
    """Change a customer."""
    return customers.change(call.world, customers.live(call.world, call.id), call.params)


@operation("DELETE", "/v1/customers/<id>", "CustomerDeleteParams")
def delete(call: Call) -> Obj:
    """Delete a customer, which ends their subscriptions."""
    customer = customers.live(call.world, call.id)
    for subscription in call.world.store.owned("subscription", "customer", call.id):
        if subscription["status"] not in subscriptions.ENDED:
            subscriptions.end(call.world, subscription, "cancellation_requested")
    return customers.delete(call.world, customer)


@operation("GET", "/v1/customers/<id>/payment_methods", "CustomerPaymentMethodListParams")
def list_methods(call: Call) -> Obj:
    """The customer's payment methods."""
    customers.live(call.world, call.id)
    every = call.world.store.all("payment_method")
    mine = [each for each in every if each["customer"] == call.id]
    for name in ("type", "allow_redisplay"):
        if name in call.params:
            mine = [each for each in mine if each.get(name) == call.params[name]]
    return page(call, mine, "payment_method")


@operation(
    "GET", "/v1/customers/<id>/payment_methods/<inner>", "CustomerRetrievePaymentMethodParams"
)
def retrieve_method(call: Call) -> Obj:
    """One of the customer's payment methods."""
    customers.live(call.world, call.id)
    method = call.world.store.get("payment_method", call.inner)
    if method["customer"] != call.id:
        raise missing("payment_method", call.inner)
    return method


@operation("GET", "/v1/customers/<id>/balance_transactions", "CustomerBalanceTransactionListParams")
def list_balance(call: Call) -> Obj:
    """How the customer's balance came about, the newest movement first."""
    customers.live(call.world, call.id)
    mine = call.world.store.owned("customer_balance_transaction", "customer", call.id)
    if "invoice" in call.params:
        mine = [each for each in mine if each["invoice"] == call.params["invoice"]]
    if "created" in call.params:
        mine = [each for each in mine if within(each["created"], call.params["created"])]
    return page(call, mine, "customer_balance_transaction")


def _suits(customer: Obj, given: Obj) -> bool:
    if customer.get("deleted"):
        return False
    if "email" in given and customer["email"] != given["email"]:
        return False
    if customer["test_clock"] != given.get("test_clock"):
        return False
    return "created" not in given or within(customer["created"], given["created"])
