from __future__ import annotations

import pytest
from tests_support.portal import CARD, text

ALWAYS = "4000002760003184"


def with_card(number="5555555555554444", **more):
    return CARD | {"card_number": number} | more


def test_a_new_card_is_kept_and_pays_from_now_on(portal, shop, sdk):
    portal.open()
    before = len(shop.happened())
    home = portal.done("payment-method", **with_card(payer=portal.subscription.id))
    assert "Your payment method has been updated." in text(home)
    method = portal.buyer().invoice_settings.default_payment_method
    assert portal.refreshed().default_payment_method == method
    assert sdk.v1.payment_methods.retrieve(method).card.last4 == "4444"
    told = shop.happened(since=before)
    for name in (
        "setup_intent.created",
        "payment_method.attached",
        "setup_intent.succeeded",
        "customer.updated",
        "customer.subscription.updated",
    ):
        assert name in told, name


def test_the_subscription_keeps_its_own_card_when_its_box_is_not_ticked(portal):
    portal.open()
    portal.done("payment-method", **with_card())
    default = portal.buyer().invoice_settings.default_payment_method
    assert portal.refreshed().default_payment_method not in (None, default)


def test_before_the_form_is_sent_the_box_is_ticked(portal):
    portal.open()
    page = portal.get("payment-method").text
    assert f'name="payer" value="{portal.subscription.id}" checked' in page


@pytest.mark.parametrize(
    ("number", "field"),
    [
        ("4000000000000002", "card_number"),
        ("4000000000000069", "expiry"),
        ("4000000000000127", "cvc"),
    ],
)
def test_a_decline_stands_at_its_field_and_nothing_changes(portal, sdk, number, field):
    portal.open()
    page = portal.post("payment-method", **with_card(number))
    assert page.status_code == 402
    assert f'id="{field}-wrong"' in page.text
    assert number in page.text
    assert portal.buyer().invoice_settings.default_payment_method is None
    assert len(sdk.v1.customers.payment_methods.list(portal.customer).data) == 1


def test_one_setup_intent_serves_all_tries(portal, sdk):
    portal.open()
    portal.post("payment-method", **with_card("4000000000000002"))
    portal.post("payment-method", **with_card("4000000000009995"))
    portal.done("payment-method", **with_card())
    setups = sdk.v1.setup_intents.list({"customer": portal.customer}).data
    assert [(each.status, each.usage) for each in setups] == [("succeeded", "off_session")]


def test_something_missing_is_told_before_anything_is_tried(portal, sdk):
    portal.open()
    page = portal.post("payment-method", **with_card("1", expiry="", name=""))
    assert page.status_code == 422
    assert page.text.count('aria-invalid="true"') == 3
    assert sdk.v1.setup_intents.list().data == []


def test_a_test_card_can_be_picked_and_what_was_typed_stays(portal):
    portal.open()
    page = portal.post("payment-method", pick="4242424242424242", name="Vera", payer="").text
    assert 'value="4242424242424242"' in page
    assert 'value="12 / 34"' in page
    assert 'value="Vera"' in page


def test_a_card_may_ask_for_3d_secure(portal, http):
    portal.open()
    answer = portal.post("payment-method", **with_card(ALWAYS, payer=portal.subscription.id))
    assert answer.headers["Location"].endswith("/payment-method/challenge")
    assert "Is it really you?" in text(portal.get("payment-method/challenge"))
    home = portal.done("payment-method/challenge", outcome="complete")
    assert "Visa •••• 3184" in text(home)
    assert portal.refreshed().default_payment_method == (
        portal.buyer().invoice_settings.default_payment_method
    )
    assert portal.get("payment-method/challenge").status_code == 303


def test_failing_3d_secure_leads_back_to_the_form(portal):
    portal.open()
    portal.post("payment-method", **with_card(ALWAYS, name="Vera R."))
    page = portal.post("payment-method/challenge", outcome="fail")
    assert page.status_code == 402
    assert 'id="card_number-wrong"' in page.text
    assert "Vera R." in page.text
    assert portal.buyer().invoice_settings.default_payment_method is None


def test_a_bank_account_can_be_kept_too(portal, sdk):
    portal.open()
    iban = "DE89 3704 0044 0532 0130 00"
    home = portal.done(
        "payment-method", method="sepa_debit", iban=iban, name="Vera", payer=portal.subscription.id
    )
    assert "SEPA •••• 3000" in text(home)
    method = portal.refreshed().default_payment_method
    assert sdk.v1.payment_methods.retrieve(method).type == "sepa_debit"


def test_an_account_without_debits_is_refused_at_its_field(portal):
    portal.open()
    page = portal.post(
        "payment-method", method="sepa_debit", iban="DE91370400440000055555", name="Vera"
    )
    assert page.status_code == 402
    assert 'id="iban-wrong"' in page.text


def test_a_card_that_fails_later_is_taken_like_any(portal):
    portal.open()
    assert "•••• 0341" in text(portal.done("payment-method", **with_card("4000000000000341")))
