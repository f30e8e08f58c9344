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


def test_an_address_is_told_whole_and_can_be_unset(sdk, clean):
    made = sdk.v1.customers.create(
        {
            "address": {"line1": "1 Main St", "country": "NL"},
            "shipping": {"name": "Vera", "address": {"city": "Amsterdam"}},
            "preferred_locales": ["nl", "en"],
        }
    )
    assert made.address.to_dict()["postal_code"] is None
    assert made.shipping.address.city == "Amsterdam"
    changed = sdk.v1.customers.update(made.id, {"address": "", "tax_exempt": "exempt"})
    assert (changed.address, changed.tax_exempt) == (None, "exempt")


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "v@" + "x" * 520}, "email"),
        ({"name": "x" * 300}, "name"),
        ({"source": "tok_visa"}, "source"),
        ({"invoice_settings": {"default_payment_method": "pm_none"}}, None),
    ],
)
def test_what_no_customer_can_have_is_refused(sdk, wrong, param):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.customers.create(wrong)
    assert refusal.value.param == (param or "invoice_settings[default_payment_method]")


def test_a_default_method_must_be_the_customers_own(sdk, clean):
    made = sdk.v1.customers.create({"payment_method": "pm_card_visa"})
    [method] = sdk.v1.customers.payment_methods.list(made.id).data
    other = sdk.v1.customers.create({})
    settings = {"invoice_settings": {"default_payment_method": method.id}}
    with pytest.raises(stripe.InvalidRequestError, match="attached to the customer"):
        sdk.v1.customers.update(other.id, settings)
    assert sdk.v1.customers.payment_methods.retrieve(made.id, method.id).id == method.id
    with pytest.raises(stripe.InvalidRequestError):
        sdk.v1.customers.payment_methods.retrieve(other.id, method.id)


def test_a_customer_may_be_made_with_a_method_as_their_default(sdk, clean):
    made = sdk.v1.customers.create(
        {
            "payment_method": "pm_card_visa",
            "invoice_settings": {"default_payment_method": "pm_card_visa"},
        }
    )
    [method] = sdk.v1.customers.payment_methods.list(made.id, {"type": "card"}).data
    assert made.invoice_settings.default_payment_method == method.id


def test_search_is_not_there(sdk):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.customers.search({"query": "email:'v@example.org'"})
    assert refusal.value.http_status == 404


def test_a_field_that_was_never_set_can_be_emptied(sdk):
    customer = sdk.v1.customers.create({"email": "v@example.org"})
    assert sdk.v1.customers.update(customer.id, {"business_name": ""}).id == customer.id
