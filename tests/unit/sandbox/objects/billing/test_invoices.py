from __future__ import annotations

import pytest
import stripe


@pytest.fixture
def unpaid(shop):
    joined = shop.join(card="4000000000000341")
    shop.advance(until_next_renewal=True)
    return shop.invoices(joined)[0]


def test_an_open_invoice_can_be_paid_with_another_card(sdk, unpaid):
    customer = sdk.v1.invoices.retrieve(unpaid.id).customer
    method = sdk.v1.payment_methods.attach("pm_card_visa", {"customer": customer})
    paid = sdk.v1.invoices.pay(unpaid.id, {"payment_method": method.id})
    assert (paid.status, paid.amount_paid) == ("paid", 1500)
    with pytest.raises(stripe.InvalidRequestError, match="already paid"):
        sdk.v1.invoices.pay(unpaid.id)


def test_a_decline_is_a_card_error_and_leaves_the_schedule_of_retries_alone(sdk, unpaid):
    with pytest.raises(stripe.CardError) as refusal:
        sdk.v1.invoices.pay(unpaid.id)
    assert refusal.value.code == "card_declined"
    after = sdk.v1.invoices.retrieve(unpaid.id)
    assert after.attempt_count == 1
    assert after.next_payment_attempt == unpaid.next_payment_attempt


def test_a_void_invoice_is_never_collected(shop, sdk, unpaid):
    assert sdk.v1.invoices.void_invoice(unpaid.id).status == "void"
    shop.advance(days=10)
    assert sdk.v1.invoices.retrieve(unpaid.id).status == "void"
    with pytest.raises(stripe.InvalidRequestError):
        sdk.v1.invoices.void_invoice(unpaid.id)


def test_invoices_and_payments_lead_to_each_other(sdk, shop):
    joined = shop.join()
    [invoice] = shop.invoices(joined)
    full = sdk.v1.invoices.retrieve(invoice.id, {"expand": ["payments"]})
    intent = full.payments.data[0].payment.payment_intent
    [link] = sdk.v1.invoice_payments.list(
        {
            "payment": {"type": "payment_intent", "payment_intent": intent},
            "expand": ["data.invoice"],
        }
    ).data
    assert link.invoice.id == invoice.id
    assert link.status == "paid"
    assert not hasattr(invoice, "payment_intent")


def test_invoices_are_numbered_in_a_row_for_each_customer(shop):
    joined = shop.join()
    shop.advance(until_next_renewal=True)
    numbers = [each.number for each in shop.invoices(joined)]
    assert [number[-4:] for number in numbers] == ["0002", "0001"]
