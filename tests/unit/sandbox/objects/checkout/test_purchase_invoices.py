from __future__ import annotations

import pytest
import stripe

from donations.sandbox.annotations.shaping import problems_of
from donations.sandbox.world import presented

INVOICED = {"invoice_creation": {"enabled": True, "invoice_data": {"footer": "Thank you"}}}


def test_a_purchase_gets_a_paid_invoice_where_one_is_wanted(shop, sdk, sandbox, reader):
    more = {"metadata": {"k": "v"}, "description": "A gift"}
    creation = {"enabled": True, "invoice_data": {"footer": "Thank you", **more}}
    done = reader.done(shop.open(invoice_creation=creation))
    invoice = sdk.v1.invoices.retrieve(done.invoice, {"expand": ["payments"]})
    assert (invoice.status, invoice.billing_reason) == ("paid", "manual")
    assert (invoice.amount_paid, invoice.footer, invoice.description) == (
        1500,
        "Thank you",
        "A gift",
    )
    assert invoice.metadata.to_dict() == {"k": "v"}
    assert invoice.payments.data[0].payment.payment_intent == done.payment_intent
    assert [line.amount for line in invoice.lines.data] == [1500]
    kept = sandbox.world.store.tables["invoice"][done.invoice]
    assert problems_of(presented(kept)) == []


def test_an_invoice_needs_a_customer_so_one_is_made(shop, sdk, reader):
    done = reader.done(shop.open(**INVOICED))
    assert sdk.v1.customers.retrieve(done.customer).email == "v@example.org"


def test_a_purchase_has_no_invoice_unless_one_is_wanted(shop, reader):
    done = reader.done(shop.open())
    assert (done.invoice, done.invoice_creation.enabled) == (None, False)


def test_the_invoice_of_a_delayed_payment_is_paid_when_the_bank_says_so(shop, sdk, sandbox):
    session = shop.give(method="sepa_debit", **INVOICED)
    assert sdk.v1.invoices.retrieve(session.invoice).status == "open"
    sandbox.control("async_payment", {"session": session.id})
    assert sdk.v1.invoices.retrieve(session.invoice).status == "paid"


def test_the_invoice_comes_before_the_sessions_end_is_told(shop, reader):
    reader.done(shop.open(**INVOICED))
    told = shop.happened()
    order = ["payment_intent.succeeded", "invoice.created", "invoice.paid",
             "checkout.session.completed"]  # fmt: skip
    assert [name for name in told if name in order] == order


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ([{"name": "n", "value": "v"}] * 5, "[custom_fields]"),
        ([{"name": "n" * 41, "value": "v"}], "[custom_fields][0][name]"),
        ([{"name": "n", "value": "v" * 141}], "[custom_fields][0][value]"),
    ],
)
def test_an_invoice_takes_four_short_fields(shop, fields, param):
    creation = {"enabled": True, "invoice_data": {"custom_fields": fields}}
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.open(invoice_creation=creation)
    assert refusal.value.param == f"invoice_creation[invoice_data]{param}"
