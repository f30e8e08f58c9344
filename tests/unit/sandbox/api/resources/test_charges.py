from __future__ import annotations

import pytest
import stripe


@pytest.fixture
def charge(sdk):
    intent = sdk.v1.payment_intents.create(
        {
            "amount": 1500,
            "currency": "usd",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "return_url": "http://newsroom.test/back",
        }
    )
    return intent.latest_charge


def test_notes_on_a_charge_can_be_changed(sdk, charge, shop):
    customer = sdk.v1.customers.create({"email": "reader@example.org"}).id
    changed = sdk.v1.charges.update(
        charge,
        {
            "metadata": {"gift": "7"},
            "description": "A gift",
            "receipt_email": "reader@example.org",
            "customer": customer,
            "fraud_details": {"user_report": "safe"},
        },
    )
    assert (changed.metadata["gift"], changed.description) == ("7", "A gift")
    assert (changed.customer, changed.fraud_details.user_report) == (customer, "safe")
    assert shop.happened()[-1] == "charge.updated"
    with pytest.raises(stripe.InvalidRequestError, match="already has a customer"):
        sdk.v1.charges.update(charge, {"customer": customer})


def test_charges_are_listed_by_their_payment(sdk, charge):
    intent = sdk.v1.charges.retrieve(charge).payment_intent
    assert [each.id for each in sdk.v1.charges.list({"payment_intent": intent}).data] == [charge]
    with pytest.raises(stripe.InvalidRequestError, match="no effect"):
        sdk.v1.charges.list({"transfer_group": "X"})
