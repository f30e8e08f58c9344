from __future__ import annotations

import pytest
import stripe

from donations.sandbox.annotations.shaping import problems_of

SETUP = {
    "mode": "setup",
    "currency": "usd",
    "success_url": "http://127.0.0.1:1/s?s={CHECKOUT_SESSION_ID}",
}


@pytest.fixture
def open_setup(shop, sdk):
    def open_setup(**more):
        return sdk.v1.checkout.sessions.create(SETUP | more)

    return open_setup


def test_a_setup_session_has_its_setup_intent_from_the_beginning(open_setup, sdk):
    session = open_setup(setup_intent_data={"metadata": {"k": "v"}, "description": "Your card"})
    setup = sdk.v1.setup_intents.retrieve(session.setup_intent)
    assert (setup.status, setup.usage) == ("requires_payment_method", "off_session")
    assert setup.metadata.to_dict() == {"k": "v"}
    assert setup.description == "Your card"


def test_saving_a_card_completes_the_session_without_a_payment(open_setup, shop, sdk, reader):
    done = reader.done(open_setup(customer_creation="always"))
    assert (done.status, done.payment_status) == ("complete", "no_payment_required")
    assert (done.payment_intent, done.amount_total) == (None, None)
    assert done.customer_details.address is None
    setup = sdk.v1.setup_intents.retrieve(done.setup_intent)
    assert (setup.status, setup.customer) == ("succeeded", done.customer)
    method = sdk.v1.payment_methods.retrieve(setup.payment_method)
    assert (method.customer, method.allow_redisplay) == (done.customer, "always")
    assert sdk.v1.customers.retrieve(done.customer).email == "v@example.org"
    assert sdk.v1.charges.list().data == []
    assert shop.happened()[-1] == "checkout.session.completed"
    assert problems_of(done.to_dict()) == []


def test_a_guests_card_is_saved_on_the_setup_intent_alone(open_setup, sdk, reader):
    done = reader.done(open_setup())
    setup = sdk.v1.setup_intents.retrieve(done.setup_intent)
    assert (done.customer, setup.customer) == (None, None)
    assert sdk.v1.payment_methods.retrieve(setup.payment_method).customer is None


def test_a_known_customers_card_is_attached_to_them(open_setup, sdk, reader):
    customer = sdk.v1.customers.create({"email": "v@example.org"})
    done = reader.done(open_setup(customer=customer.id))
    [card] = sdk.v1.payment_methods.list({"customer": customer.id}).data
    assert sdk.v1.setup_intents.retrieve(done.setup_intent).payment_method == card.id


def test_a_declined_card_is_not_saved_and_another_may_be_tried(open_setup, sdk, reader):
    session = open_setup(customer_creation="always")
    answer = reader.send(session, card_number="4000000000000002")
    assert answer.status_code == 402
    assert 'id="card_number-wrong">Your card was declined.' in answer.text
    done = reader.done(session)
    assert done.setup_intent == session.setup_intent
    assert len(sdk.v1.payment_methods.list({"customer": done.customer}).data) == 1


def test_saving_a_card_may_need_3d_secure(open_setup, sdk, reader, http, sandbox):
    session = open_setup()
    answer = reader.send(session, card_number="4000002760003184")
    address = sandbox.base_url + answer.headers["Location"]
    assert "may keep your card" in http.get(address).text
    failed = http.post(address, data={"outcome": "fail"})
    assert failed.status_code == 402
    reader.send(session, card_number="4000002760003184")
    http.post(address, data={"outcome": "complete"}, allow_redirects=False)
    assert sdk.v1.checkout.sessions.retrieve(session.id).status == "complete"


def test_a_bank_account_is_saved_with_its_mandate(open_setup, sdk, reader):
    done = reader.done(open_setup(), method="sepa_debit", iban="DE89370400440532013000")
    setup = sdk.v1.setup_intents.retrieve(done.setup_intent)
    assert sdk.v1.payment_methods.retrieve(setup.payment_method).sepa_debit.last4 == "3000"
    assert setup.mandate is not None


def test_the_page_that_saves_a_card_speaks_of_no_price(open_setup, reader):
    page = reader.see(open_setup()).text
    assert "Save your card" in page
    assert "Save card</button>" in page
    assert "$" not in page


def test_one_payment_intent_serves_all_tries_of_a_session(shop, sdk, reader):
    session = shop.open()
    reader.send(session, card_number="4000000000000002")
    reader.done(session)
    assert len(sdk.v1.payment_intents.list().data) == 1


def test_a_free_order_makes_no_payment_intent(shop, sdk, reader):
    session = shop.open(amount=0)
    assert session.payment_status == "no_payment_required"
    assert "Card number" not in reader.see(session).text
    done = reader.done(session, without=("method", "card_number", "expiry", "cvc"))
    assert (done.status, done.payment_intent) == ("complete", None)
    assert sdk.v1.payment_intents.list().data == []


def test_an_amount_that_is_only_held_is_unpaid_until_it_is_captured(shop, sdk, reader):
    done = reader.done(shop.open(payment_intent_data={"capture_method": "manual"}))
    assert (done.status, done.payment_status) == ("complete", "unpaid")
    assert sdk.v1.payment_intents.retrieve(done.payment_intent).status == "requires_capture"
    assert sdk.v1.balance_transactions.list().data == []
    sdk.v1.payment_intents.capture(done.payment_intent)
    assert sdk.v1.checkout.sessions.retrieve(done.id).payment_status == "paid"


def test_3d_secure_is_asked_for_where_the_session_wants_it(shop, reader):
    wanted = {"payment_method_options": {"card": {"request_three_d_secure": "any"}}}
    supporting = "4000000000003055"
    assert reader.send(shop.open(), card_number=supporting).headers["Location"].startswith("http")
    asked = reader.send(shop.open(**wanted), card_number=supporting)
    assert asked.headers["Location"].startswith("/c/challenge/")


def test_an_intent_of_an_open_session_is_not_confirmed_or_cancelled_from_outside(
    shop, open_setup, sdk, reader, sandbox
):
    session = shop.open()
    reader.send(session, card_number="4000000000000002")
    [intent] = sdk.v1.payment_intents.list().data
    setup = open_setup()
    card = {"payment_method": "pm_card_visa"}
    for attempt in (
        lambda: sdk.v1.payment_intents.confirm(intent.id, card),
        lambda: sdk.v1.payment_intents.cancel(intent.id),
        lambda: sdk.v1.setup_intents.confirm(setup.setup_intent, card),
        lambda: sdk.v1.setup_intents.cancel(setup.setup_intent),
    ):
        with pytest.raises(stripe.InvalidRequestError, match="created by Checkout"):
            attempt()
