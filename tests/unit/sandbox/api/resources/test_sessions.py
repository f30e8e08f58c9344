from __future__ import annotations

import pytest
import stripe

from donations.sandbox.annotations.reading import fields_of, parameters
from donations.sandbox.api.operations import OPERATIONS

WITHOUT = next(
    each.without
    for each in OPERATIONS
    if (each.method, each.rule) == ("POST", "/v1/checkout/sessions")
)
EFFECTIVE = {
    "adaptive_pricing", "after_expiration", "allow_promotion_codes",
    "allowed_payment_method_types", "automatic_tax", "billing_address_collection", "cancel_url",
    "client_reference_id", "consent_collection", "currency", "custom_fields", "custom_text",
    "customer", "customer_creation", "customer_email", "customer_update",
    "excluded_payment_method_types", "expand", "expires_at", "integration_identifier",
    "invoice_creation", "line_items", "locale", "managed_payments", "metadata", "mode",
    "name_collection", "origin_context", "payment_intent_data", "payment_method_collection",
    "payment_method_data", "payment_method_options", "permissions", "phone_number_collection", "redirect_on_completion",
    "return_url", "saved_payment_method_options", "setup_intent_data", "submit_type",
    "subscription_data", "success_url", "tax_id_collection", "ui_mode", "wallet_options",
}  # fmt: skip


def test_every_parameter_has_its_effect_or_is_refused():
    known = set(fields_of(parameters("checkout.SessionCreateParams")))
    options = {"api_key", "idempotency_key", "stripe_account", "stripe_context", "stripe_version"}
    refused = {path for path in WITHOUT if "." not in path}
    assert (
        known - options - {"content_type", "headers", "max_network_retries"} - refused == EFFECTIVE
    )
    assert not refused & EFFECTIVE


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"discounts": [{"coupon": "x"}]}, "discounts"),
        ({"shipping_address_collection": {"allowed_countries": ["DE"]}}, "shipping_address_collection"),
        (
            {"payment_method_options": {"card": {"setup_future_usage": "off_session"}}},
            "payment_method_options[card][setup_future_usage]",
        ),
        ({"payment_intent_data": {"transfer_group": "x"}}, "payment_intent_data[transfer_group]"),
        ({"customer": "cus_x", "customer_update": {"shipping": "auto"}}, "customer_update[shipping]"),
        ({"custom_text": {"shipping_address": {"message": "x"}}}, "custom_text[shipping_address]"),
    ],
)  # fmt: skip
def test_what_would_have_no_effect_is_refused_in_plain_words(shop, change, param):
    with pytest.raises(stripe.InvalidRequestError, match="no effect") as refusal:
        shop.open(**change)
    assert refusal.value.param == param


@pytest.mark.parametrize(
    "change",
    [
        {"shipping_options": [{"shipping_rate": "shr_1"}]},
        {"line_items": [{"price": "price_1", "quantity": 1}]},
        {"payment_intent_data": {"description": "x"}},
        {
            "collected_information": {
                "shipping_details": {"name": "V", "address": {"country": "DE", "line1": "1"}}
            }
        },
    ],
)
def test_an_update_changes_metadata_only(shop, sdk, change):
    with pytest.raises(stripe.InvalidRequestError, match="no effect"):
        sdk.v1.checkout.sessions.update(shop.open().id, change)


def listed(sdk, **filters):
    return [each.id for each in sdk.v1.checkout.sessions.list(filters).data]


def test_sessions_are_found_by_what_came_of_them(shop, sdk):
    paid = shop.give(customer_creation="always")
    joined = shop.give(mode="subscription")
    waiting = shop.open(customer_email="b@example.org")
    gone = sdk.v1.checkout.sessions.expire(shop.open().id)
    assert listed(sdk) == [gone.id, waiting.id, joined.id, paid.id]
    assert listed(sdk, status="complete") == [joined.id, paid.id]
    assert listed(sdk, status="open") == [waiting.id]
    assert listed(sdk, status="expired") == [gone.id]
    assert listed(sdk, customer=paid.customer) == [paid.id]
    assert listed(sdk, payment_intent=paid.payment_intent) == [paid.id]
    assert listed(sdk, subscription=joined.subscription) == [joined.id]
    assert listed(sdk, customer_details={"email": "b@example.org"}) == [waiting.id]
    assert listed(sdk, created={"gt": paid.created + 3600}) == []
    assert len(listed(sdk, created={"gte": paid.created})) == 4


def test_there_are_no_payment_links_to_look_for(shop, sdk):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        listed(sdk, payment_link="plink_1")
    assert refusal.value.param == "payment_link"


def test_a_session_nobody_opened_is_missing(sdk):
    for verb in ("retrieve", "expire"):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            getattr(sdk.v1.checkout.sessions, verb)("cs_test_nobody")
        assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")
