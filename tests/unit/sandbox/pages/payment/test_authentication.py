from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import stripe

BACK = "http://newsroom.test/back?from=bank"


@pytest.fixture
def waiting(sdk):
    return sdk.v1.payment_intents.create(
        {
            "amount": 1500,
            "currency": "usd",
            "payment_method": "pm_card_authenticationRequired",
            "confirm": True,
            "return_url": BACK,
        }
    )


def answer(http, intent, outcome):
    page = intent.next_action.redirect_to_url.url
    return http.post(page, data={"outcome": outcome}, allow_redirects=False)


def test_the_page_says_what_is_to_be_confirmed_and_that_it_is_the_sandbox(http, waiting):
    page = http.get(waiting.next_action.redirect_to_url.url)
    assert page.status_code == 200
    for words in ("SANDBOX", "$15.00", "The Moscow Times", "Complete", "Fail"):
        assert words in page.text


def test_who_passes_has_paid_and_comes_back_with_the_good_news(sdk, http, waiting, shop):
    came = answer(http, waiting, "complete")
    assert came.status_code == 303
    told = parse_qs(urlsplit(came.headers["Location"]).query)
    assert told == {
        "from": ["bank"],
        "payment_intent": [waiting.id],
        "payment_intent_client_secret": [waiting.client_secret],
        "redirect_status": ["succeeded"],
    }
    paid = sdk.v1.payment_intents.retrieve(waiting.id, {"expand": ["latest_charge"]})
    assert paid.status == "succeeded"
    secure = paid.latest_charge.payment_method_details.card.three_d_secure
    assert (secure.result, secure.authentication_flow) == ("authenticated", "challenge")
    assert shop.happened()[-1] == "charge.updated"


def test_who_fails_has_not_and_may_try_another_card(sdk, http, waiting):
    came = answer(http, waiting, "fail")
    assert "redirect_status=failed" in came.headers["Location"]
    failed = sdk.v1.payment_intents.retrieve(waiting.id)
    assert failed.status == "requires_payment_method"
    assert failed.last_payment_error.code == "payment_intent_authentication_failure"
    assert failed.latest_charge is None


def test_a_page_that_was_answered_asks_nothing_more(http, waiting):
    answer(http, waiting, "complete")
    assert answer(http, waiting, "complete").status_code == 410
    page = http.get(waiting.next_action.redirect_to_url.url)
    assert page.status_code == 410
    assert "Nothing to confirm" in page.text


def test_without_a_way_back_the_page_says_how_it_went(sdk, http):
    intent = sdk.v1.payment_intents.create(
        {
            "amount": 1500,
            "currency": "usd",
            "payment_method": "pm_card_authenticationRequired",
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )
    page = intent.next_action.use_stripe_sdk["stripe_js"]
    assert "Thank you" in http.post(page, data={"outcome": "complete"}).text


@pytest.mark.parametrize("name", ["pi_nothing", "seti_nothing", "cus_nothing", "x"])
def test_there_is_no_page_for_what_does_not_exist(sandbox, http, name):
    assert http.get(f"{sandbox.base_url}/c/authenticate/{name}").status_code == 404


def test_who_confirms_by_hand_confirms_again_afterwards(sdk, http):
    intent = sdk.v1.payment_intents.create(
        {
            "amount": 1500,
            "currency": "usd",
            "payment_method": "pm_card_authenticationRequired",
            "confirm": True,
            "confirmation_method": "manual",
            "return_url": BACK,
        }
    )
    assert "redirect_status=succeeded" in answer(http, intent, "complete").headers["Location"]
    assert sdk.v1.payment_intents.retrieve(intent.id).status == "requires_confirmation"
    assert sdk.v1.charges.list().data == []
    assert sdk.v1.payment_intents.confirm(intent.id).status == "succeeded"


def test_a_first_invoice_is_paid_by_the_reader_who_passes(sdk, http):
    product = sdk.v1.products.create({"name": "Membership"}).id
    monthly = {"interval": "month"}
    price = sdk.v1.prices.create(
        {"currency": "usd", "unit_amount": 1500, "product": product, "recurring": monthly}
    ).id
    customer = sdk.v1.customers.create({"email": "reader@example.org"}).id
    method = sdk.v1.payment_methods.attach("pm_card_threeDSecure2Required", {"customer": customer})
    joined = sdk.v1.subscriptions.create(
        {
            "customer": customer,
            "items": [{"price": price}],
            "default_payment_method": method.id,
            "payment_behavior": "default_incomplete",
            "expand": ["latest_invoice.payments"],
        }
    )
    assert joined.status == "incomplete"
    identifier = joined.latest_invoice.payments.data[0].payment.payment_intent
    given = {"payment_method": method.id, "return_url": BACK}
    intent = sdk.v1.payment_intents.confirm(identifier, given)
    assert "redirect_status=succeeded" in answer(http, intent, "complete").headers["Location"]
    assert sdk.v1.invoices.retrieve(joined.latest_invoice.id).status == "paid"
    assert sdk.v1.subscriptions.retrieve(joined.id).status == "active"


def test_the_payment_of_a_session_is_given_up_with_the_session(sdk, shop, sandbox):
    session = shop.open()
    sandbox.control("pay", {"session": session.id, "card": "4000000000000002"})
    (intent,) = sdk.v1.payment_intents.list().data
    with pytest.raises(stripe.InvalidRequestError, match="created by Checkout"):
        sdk.v1.payment_intents.cancel(intent.id)
    with pytest.raises(stripe.InvalidRequestError, match="belongs to an invoice or a Checkout"):
        sdk.v1.payment_intents.update(intent.id, {"amount": 100})
