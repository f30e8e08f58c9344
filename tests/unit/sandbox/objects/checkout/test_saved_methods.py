from __future__ import annotations

import pytest


@pytest.fixture
def customer(sdk):
    return sdk.v1.customers.create({"email": "v@example.org", "name": "Vera"})


@pytest.fixture
def save(sdk, customer):
    def save(name="pm_card_visa", redisplay="always"):
        method = sdk.v1.payment_methods.attach(name, {"customer": customer.id})
        return sdk.v1.payment_methods.update(method.id, {"allow_redisplay": redisplay})

    return save


def test_a_returning_customer_pays_with_a_card_left_before(shop, sdk, reader, customer, save):
    card = save()
    session = shop.open(customer=customer.id)
    page = reader.see(session).text
    assert "Visa •••• 4242, 12/34" in page
    assert f'value="{card.id}" checked' in page
    done = reader.done(session, without=("name", "card_number", "expiry", "cvc"), method=card.id)
    assert sdk.v1.payment_intents.retrieve(done.payment_intent).payment_method == card.id
    assert len(sdk.v1.payment_methods.list({"customer": customer.id}).data) == 1


def test_only_cards_that_may_be_shown_again_are_offered(shop, reader, customer, save):
    limited = save(redisplay="limited")
    assert limited.id not in reader.see(shop.open(customer=customer.id)).text
    filters = {"saved_payment_method_options": {"allow_redisplay_filters": ["limited"]}}
    assert limited.id in reader.see(shop.open(customer=customer.id, **filters)).text


def test_the_card_saved_last_stands_first_and_the_default_one_in_subscription_mode(
    shop, sdk, reader, customer, save
):
    first, last = save(), save("pm_card_mastercard")
    assert f'value="{last.id}" checked' in reader.see(shop.open(customer=customer.id)).text
    chosen = {"invoice_settings": {"default_payment_method": first.id}}
    sdk.v1.customers.update(customer.id, chosen)
    page = reader.see(shop.open("subscription", customer=customer.id)).text
    assert f'value="{first.id}" checked' in page


def test_nobody_pays_with_a_card_of_somebody_else(shop, sdk, reader, customer, save):
    theirs = save()
    other = sdk.v1.customers.create({"email": "other@example.org"})
    answer = reader.send(shop.open(customer=other.id), method=theirs.id)
    assert answer.status_code == 422
    assert "Please choose a payment method." in answer.text
    assert sdk.v1.charges.list().data == []


def test_a_saved_card_that_is_declined_says_so_at_the_choice(shop, reader, customer, save):
    card = save("pm_card_chargeCustomerFail")
    session = shop.open(customer=customer.id)
    answer = reader.send(session, method=card.id)
    assert answer.status_code == 402
    assert 'id="method-wrong">Your card was declined.' in answer.text


def test_the_reader_may_leave_the_card_for_next_time_where_that_is_offered(
    shop, sdk, reader, customer
):
    session = shop.open(
        customer=customer.id, saved_payment_method_options={"payment_method_save": "enabled"}
    )
    assert 'name="save"' in reader.see(session).text
    done = reader.done(session, save="yes")
    [kept] = sdk.v1.payment_methods.list({"customer": done.customer}).data
    assert kept.allow_redisplay == "always"
    assert kept.id in reader.see(shop.open(customer=customer.id)).text


def test_a_card_is_not_kept_without_the_readers_wish(shop, sdk, reader, customer):
    options = {"saved_payment_method_options": {"payment_method_save": "enabled"}}
    reader.done(shop.open(customer=customer.id, **options))
    reader.done(shop.open(customer=customer.id), save="yes")  # not offered, so not meant
    assert sdk.v1.payment_methods.list({"customer": customer.id}).data == []


def test_a_saved_card_can_be_removed_only_where_that_is_offered(
    shop, sdk, reader, http, customer, save
):
    card = save()
    plain = shop.open(customer=customer.id)
    http.post(plain.url, data={"remove": card.id})
    assert sdk.v1.payment_methods.retrieve(card.id).customer == customer.id
    options = {"saved_payment_method_options": {"payment_method_remove": "enabled"}}
    session = shop.open(customer=customer.id, **options)
    answer = http.post(session.url, data={"remove": card.id, "promotion_code": ""})
    assert answer.status_code == 200
    assert card.id not in answer.text
    assert sdk.v1.payment_methods.retrieve(card.id).customer is None
