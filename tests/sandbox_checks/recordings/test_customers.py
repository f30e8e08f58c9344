"""What Stripe itself was recorded to do with customers and products, asked of the sandbox."""

from __future__ import annotations

from sandbox_checks.recordings.asking import refusal


def test_attaching_again_changes_nothing(sdk):
    customer = sdk.v1.customers.create({"name": "Jenny"})
    method = sdk.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    again = sdk.v1.payment_methods.attach(method.id, {"customer": customer.id})
    assert again.customer == customer.id
    assert again.card.checks.cvc_check == "pass"


def test_a_card_that_declines_cannot_be_attached(sdk):
    customer = sdk.v1.customers.create({"name": "Jenny"})
    refused = refusal(
        sdk.v1.payment_methods.attach,
        "pm_card_visa_chargeDeclined",
        {"customer": customer.id},
    )
    assert (refused.http_status, refused.code) == (402, "card_declined")
    assert refused.error.decline_code == "generic_decline"


def test_a_detached_method_tells_whose_it_was(sdk, sandbox):
    customer = sdk.v1.customers.create({"name": "Jenny"})
    method = sdk.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    sdk.v1.payment_methods.detach(method.id)
    told = sdk.v1.events.list({"type": "payment_method.detached"}).data[0]
    assert told.data.previous_attributes.to_dict() == {"customer": customer.id}
    refused = refusal(sdk.v1.payment_methods.detach, method.id)
    assert refused.user_message == (
        "The payment method you provided is not attached to a customer so detachment is impossible."
    )


def test_a_method_has_a_whole_address_of_nulls(sdk):
    customer = sdk.v1.customers.create({"name": "Jenny"})
    method = sdk.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    assert set(method.billing_details.address.to_dict().values()) == {None}
    assert customer.address is None


def test_a_deleted_product_is_gone(sdk):
    product = sdk.v1.products.create({"name": "Mug"})
    sdk.v1.products.delete(product.id)
    assert refusal(sdk.v1.products.retrieve, product.id).http_status == 404


def test_a_lookup_key_is_held_by_one_price_which_is_named(sdk):
    product = sdk.v1.products.create({"name": "Mug"})
    price = {"currency": "usd", "unit_amount": 500, "product": product.id, "lookup_key": "mug"}
    holder = sdk.v1.prices.create(price)
    refused = refusal(sdk.v1.prices.create, price)
    assert refused.user_message == f"A price (`{holder.id}`) already uses that lookup key."
    assert refused.param == "lookup_key"


def test_a_lookup_key_leaves_its_holder_before_the_new_price_is_told(sdk):
    product = sdk.v1.products.create({"name": "Mug"})
    price = {"currency": "usd", "unit_amount": 500, "product": product.id, "lookup_key": "mug"}
    holder = sdk.v1.prices.create(price)
    sdk.v1.prices.create(price | {"transfer_lookup_key": True})
    created, updated = sdk.v1.events.list({"limit": 2}).data
    assert (updated.type, created.type) == ("price.updated", "price.created")
    assert updated.data.object.id == holder.id
    assert updated.data.previous_attributes.to_dict() == {"lookup_key": "mug"}
