from __future__ import annotations

import time

import pytest
import stripe

PRICE = {"currency": "usd", "unit_amount": 1500, "product": "support"}
MONTHLY = {**PRICE, "recurring": {"interval": "month"}}


def items(price, quantity=1):
    return [{"quantity": quantity, "price_data": price}]


def test_a_session_leads_to_a_page_of_the_sandbox(shop, sandbox):
    session = shop.open()
    assert session.url == f"{sandbox.base_url}/c/pay/{session.id}"
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert session.payment_intent is None


def test_an_unknown_product_is_missing(shop, sdk):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.open(line_items=items({**PRICE, "product": "prod_nobody"}))
    assert refusal.value.http_status == 404
    assert refusal.value.code == "resource_missing"
    assert refusal.value.param == "line_items[0][price_data][product]"


def test_a_product_keeps_the_id_it_was_given_and_gives_it_once(shop, sdk):
    assert sdk.v1.products.retrieve("support").name == "Support"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.products.create({"id": "support", "name": "Another"})
    assert refusal.value.code == "resource_already_exists"


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"mode": "setup"}, "mode"),
        ({"mode": "subscription", "line_items": items(PRICE)}, "mode"),
        ({"line_items": items(MONTHLY)}, "mode"),
        ({"subscription_data": {"description": "x"}}, "subscription_data"),
        (
            {
                "mode": "subscription",
                "line_items": items(MONTHLY),
                "customer_creation": "always",
            },
            "customer_creation",
        ),
        (
            {
                "mode": "subscription",
                "line_items": items(MONTHLY),
                "payment_intent_data": {"description": "x"},
            },
            "payment_intent_data",
        ),
        ({"customer": "cus_x", "customer_email": "a@b.example"}, "customer_email"),
        ({"customer": "cus_x", "customer_creation": "always"}, "customer_creation"),
        ({"customer": "cus_nobody"}, "customer"),
        ({"customer_email": "nobody"}, "customer_email"),
        ({"cancel_url": "javascript:alert(1)"}, "cancel_url"),
        ({"success_url": "ftp://example.org"}, "success_url"),
        ({"ui_mode": "embedded_page"}, "ui_mode"),
        ({"line_items": [{"quantity": 1}]}, "line_items[0]"),
        ({"line_items": [{"price_data": PRICE}]}, "line_items[0][quantity]"),
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
    ],
)
def test_what_does_not_go_together_is_refused_by_name(shop, change, param):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.open(**change)
    assert refusal.value.param == param
    assert shop.sandbox.control("state")["counts"].get("checkout.session", 0) == 0


@pytest.mark.parametrize(
    ("currency", "amount", "code"),
    [
        ("usd", 49, "amount_too_small"),
        ("gbp", 29, "amount_too_small"),
        ("usd", 100_000_000, "amount_too_large"),
        ("isk", 100_050, "parameter_invalid_integer"),
    ],
)
def test_an_amount_outside_its_currencys_bounds_is_refused(shop, currency, amount, code):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.open(amount=amount, currency=currency)
    assert refusal.value.code == code


@pytest.mark.parametrize("minutes", [28, 24 * 60 + 5, -10])
def test_a_session_expires_within_half_an_hour_and_a_day(shop, minutes):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.open(expires_at=int(time.time()) + minutes * 60)
    assert refusal.value.param == "expires_at"


def test_an_expiry_by_the_callers_clock_holds_when_the_sandbox_is_ahead(shop, sdk):
    shop.advance(days=90)
    session = shop.open(expires_at=int(time.time()) + 3600)
    shop.advance(seconds=3500)
    assert sdk.v1.checkout.sessions.retrieve(session.id).status == "open"
    shop.advance(seconds=200)
    assert sdk.v1.checkout.sessions.retrieve(session.id).status == "expired"


def test_an_expired_session_gives_up_its_payment_and_tells(shop, sdk):
    session = shop.open()
    shop.sandbox.control("pay", {"session": session.id, "card": "4000000000000002"})
    sdk.v1.checkout.sessions.expire(session.id)
    assert shop.happened()[-2:] == ["payment_intent.canceled", "checkout.session.expired"]
    with pytest.raises(stripe.InvalidRequestError, match="can be expired"):
        sdk.v1.checkout.sessions.expire(session.id)


def test_a_paid_session_never_expires(shop, sdk):
    session = shop.give()
    shop.advance(days=2)
    assert sdk.v1.checkout.sessions.retrieve(session.id).status == "complete"
    assert "checkout.session.expired" not in shop.happened()


def test_line_items_come_when_asked_for(shop, sdk):
    session = shop.open()
    assert not hasattr(sdk.v1.checkout.sessions.retrieve(session.id), "line_items")
    full = sdk.v1.checkout.sessions.retrieve(session.id, {"expand": ["line_items"]})
    assert full.line_items.data[0].amount_total == 1500
    listed = sdk.v1.checkout.sessions.line_items.list(session.id).data
    assert [each.quantity for each in listed] == [1]
