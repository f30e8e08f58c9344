from __future__ import annotations

import pytest
import stripe

PRICE = {"currency": "usd", "unit_amount": 1500, "product": "support"}
SETUP = {"mode": "setup", "currency": "usd", "success_url": "http://127.0.0.1:1/saved"}
PRICES = {"payment": PRICE, "subscription": {**PRICE, "recurring": {"interval": "month"}}}
FIELD = {"key": "a", "label": {"type": "custom", "custom": "A"}, "type": "text"}


def items(price):
    return [{"quantity": 1, "price_data": price}]


@pytest.mark.parametrize(
    ("mode", "change", "param"),
    [
        ("payment", {"subscription_data": {"description": "x"}}, "subscription_data"),
        ("payment", {"setup_intent_data": {"description": "x"}}, "setup_intent_data"),
        ("payment", {"payment_method_collection": "always"}, "payment_method_collection"),
        ("subscription", {"payment_intent_data": {"description": "x"}}, "payment_intent_data"),
        ("subscription", {"setup_intent_data": {"description": "x"}}, "setup_intent_data"),
        ("subscription", {"customer_creation": "always"}, "customer_creation"),
        ("subscription", {"invoice_creation": {"enabled": True}}, "invoice_creation"),
        ("setup", {"line_items": items(PRICE)}, "line_items"),
        ("setup", {"payment_intent_data": {"description": "x"}}, "payment_intent_data"),
        ("setup", {"subscription_data": {"description": "x"}}, "subscription_data"),
        ("setup", {"submit_type": "pay"}, "submit_type"),
        ("setup", {"custom_fields": [FIELD]}, "custom_fields"),
        ("setup", {"invoice_creation": {"enabled": True}}, "invoice_creation"),
        ("setup", {"payment_method_collection": "always"}, "payment_method_collection"),
        ("setup", {"phone_number_collection": {"enabled": True}}, "phone_number_collection"),
        (
            "setup",
            {"saved_payment_method_options": {"payment_method_save": "enabled"}},
            "saved_payment_method_options",
        ),
        ("setup", {"allow_promotion_codes": True}, "allow_promotion_codes"),
    ],
)
def test_each_mode_refuses_what_belongs_to_another(shop, sdk, mode, change, param):
    asked = SETUP if mode == "setup" else {"mode": mode, "line_items": items(PRICES[mode])}
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.checkout.sessions.create({"success_url": "http://127.0.0.1:1/", **asked, **change})
    assert refusal.value.param == param
    assert shop.sandbox.control("state")["counts"].get("checkout.session", 0) == 0


def test_setup_mode_needs_a_currency_unless_the_methods_are_named(shop, sdk):
    bare = {"mode": "setup", "success_url": "http://127.0.0.1:1/saved"}
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.checkout.sessions.create(bare)
    assert (refusal.value.param, refusal.value.code) == ("currency", "parameter_missing")
    named = sdk.v1.checkout.sessions.create(bare | {"allowed_payment_method_types": ["card"]})
    assert (named.currency, named.payment_method_types) == (None, ["card"])


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"customer": "cus_x", "customer_email": "a@b.example"}, "customer_email"),
        ({"customer": "cus_x", "customer_creation": "always"}, "customer_creation"),
        ({"customer_update": {"name": "auto"}}, "customer_update"),
        (
            {"saved_payment_method_options": {"payment_method_save": "enabled"}},
            "saved_payment_method_options[payment_method_save]",
        ),
        ({"customer_email": "nobody"}, "customer_email"),
        (
            {"payment_intent_data": {"receipt_email": "nobody"}},
            "payment_intent_data[receipt_email]",
        ),
        (
            {
                "payment_intent_data": {"capture_method": "manual"},
                "invoice_creation": {"enabled": True},
            },
            "invoice_creation",
        ),
        ({"cancel_url": "javascript:alert(1)"}, "cancel_url"),
        ({"success_url": "ftp://example.org"}, "success_url"),
        ({"client_reference_id": "x" * 201}, "client_reference_id"),
        ({"ui_mode": "embedded_page"}, "ui_mode"),
        ({"return_url": "http://127.0.0.1:1/"}, "return_url"),
        ({"redirect_on_completion": "always"}, "redirect_on_completion"),
        ({"permissions": {"update_shipping_details": "server_only"}}, "permissions"),
        ({"adaptive_pricing": {"enabled": True}}, "adaptive_pricing[enabled]"),
        ({"automatic_tax": {"enabled": True}}, "automatic_tax[enabled]"),
        ({"tax_id_collection": {"enabled": True}}, "tax_id_collection[enabled]"),
        ({"managed_payments": {"enabled": True}}, "managed_payments[enabled]"),
        ({"allowed_payment_method_types": ["us_bank_account"]}, "allowed_payment_method_types"),
        (
            {"payment_intent_data": {"statement_descriptor": "PAPER"}},
            "payment_intent_data[statement_descriptor]",
        ),
        (
            {"payment_intent_data": {"statement_descriptor_suffix": "12345"}},
            "payment_intent_data[statement_descriptor_suffix]",
        ),
        (
            {"payment_intent_data": {"statement_descriptor_suffix": "GIFT*"}},
            "payment_intent_data[statement_descriptor_suffix]",
        ),
        ({"metadata": {"k": "v" * 501}}, "metadata[k]"),
        ({"metadata": {f"k{n}": "v" for n in range(51)}}, "metadata"),
        ({"payment_intent_data": {"metadata": {"k": "v" * 501}}}, "metadata[k]"),
    ],
)
def test_what_does_not_go_together_is_refused_by_name(shop, change, param):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.open(**change)
    assert refusal.value.param == param
    assert shop.sandbox.control("state")["counts"].get("checkout.session", 0) == 0


def test_what_is_switched_off_may_be_said(shop):
    off = {"enabled": False}
    session = shop.open(adaptive_pricing=off, automatic_tax=off, tax_id_collection=off)
    assert session.adaptive_pricing.enabled is False


def test_a_debit_from_an_account_takes_a_whole_descriptor(shop):
    session = shop.open(
        allowed_payment_method_types=["sepa_debit"],
        payment_intent_data={"statement_descriptor": "PAPER"},
    )
    assert session.payment_method_types == ["sepa_debit"]
