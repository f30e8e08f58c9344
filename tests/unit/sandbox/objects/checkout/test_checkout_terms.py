from __future__ import annotations

import pytest

SETUP = {"mode": "setup", "currency": "usd", "success_url": "http://127.0.0.1:1/saved"}


def test_a_session_says_what_it_was_asked(shop):
    session = shop.open(
        client_reference_id="ref-1",
        locale="ru",
        submit_type="donate",
        integration_identifier="appeal",
        origin_context="web",
        billing_address_collection="required",
        wallet_options={"link": {"display": "never"}},
    )
    assert (session.client_reference_id, session.locale) == ("ref-1", "ru")
    assert (session.submit_type, session.integration_identifier) == ("donate", "appeal")
    assert (session.origin_context, session.billing_address_collection) == ("web", "required")
    assert session.wallet_options.link.display == "never"


def test_a_setup_session_has_no_amount(shop, sdk):
    session = sdk.v1.checkout.sessions.create(SETUP)
    assert (session.amount_total, session.amount_subtotal, session.total_details) == (None,) * 3
    assert session.currency == "usd"
    assert session.payment_status == "no_payment_required"


@pytest.mark.parametrize(
    ("mode", "collection", "creation"),
    [("payment", "if_required", "if_required"), ("subscription", "always", None)],
)
def test_what_is_not_asked_has_its_usual_value(shop, mode, collection, creation):
    session = shop.open(mode)
    assert session.payment_method_collection == collection
    assert session.customer_creation == creation
    assert session.consent_collection is None
    assert session.custom_fields == []
    assert session.phone_number_collection.enabled is False


def test_a_known_customer_is_named_from_the_beginning(shop, sdk):
    customer = sdk.v1.customers.create({"email": "v@example.org", "name": "Vera"})
    session = shop.open(customer=customer.id)
    assert session.customer_details.email == "v@example.org"
    assert session.customer_creation is None
    assert session.saved_payment_method_options.allow_redisplay_filters == ["always"]


def test_an_email_given_is_known_from_the_beginning(shop):
    assert shop.open(customer_email="v@example.org").customer_details.email == "v@example.org"
    assert shop.open().customer_details is None
