from __future__ import annotations

import pytest
import stripe


def test_a_customer_is_made_changed_found_and_deleted(sdk):
    made = sdk.v1.customers.create({"email": "v@example.org", "metadata": {"a": "1", "b": "2"}})
    changed = sdk.v1.customers.update(made.id, {"name": "Vera", "metadata": {"a": "", "c": "3"}})
    assert (changed.name, changed.metadata.to_dict()) == ("Vera", {"b": "2", "c": "3"})
    assert [each.id for each in sdk.v1.customers.list({"email": "v@example.org"}).data] == [made.id]
    assert sdk.v1.customers.delete(made.id).deleted is True
    assert sdk.v1.customers.retrieve(made.id).deleted is True
    assert sdk.v1.customers.list().data == []


def test_deleting_a_customer_ends_their_subscription(shop, sdk):
    joined = shop.join()
    sdk.v1.customers.delete(joined.customer)
    assert sdk.v1.subscriptions.retrieve(joined.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError):
        shop.open(customer=joined.customer)


def test_a_card_that_is_plainly_declined_cannot_be_attached(sdk):
    made = sdk.v1.customers.create({})
    with pytest.raises(stripe.CardError) as refusal:
        sdk.v1.payment_methods.attach("pm_card_visa_chargeDeclined", {"customer": made.id})
    assert refusal.value.error.decline_code == "generic_decline"


def test_methods_are_attached_listed_and_detached(sdk):
    made = sdk.v1.customers.create({"payment_method": "pm_card_visa"})
    [method] = sdk.v1.customers.payment_methods.list(made.id).data
    assert method.card.last4 == "4242"
    sdk.v1.payment_methods.detach(method.id)
    assert sdk.v1.customers.payment_methods.list(made.id).data == []
