from __future__ import annotations

import pytest

GOOD = {
    "email": "v@example.org",
    "name": "Vera",
    "method": "card",
    "card_number": "4242424242424242",
    "expiry": "12/34",
    "cvc": "123",
}


@pytest.fixture
def send(http):
    def send(address, **changes):
        return http.post(address, data=GOOD | changes, allow_redirects=False)

    return send


def test_the_page_says_who_what_and_how_much(shop, http):
    page = http.get(shop.open("subscription").url).text
    for words in ("The Moscow Times", "Support", "$15.00 per month", "SANDBOX", "4242 4242"):
        assert words in page
    assert 'href="http://127.0.0.1:1/support"' in page


def test_it_needs_no_script_and_asks_nothing_of_anybody_else(shop, http):
    answer = http.get(shop.open().url)
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_paying_leads_back_with_the_sessions_id(shop, send, sdk):
    session = shop.open()
    answer = send(session.url)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"http://127.0.0.1:1/thanks?s={session.id}"
    assert sdk.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_a_decline_stands_at_its_field_and_what_was_typed_stays(shop, send):
    session = shop.open()
    answer = send(session.url, card_number="4000000000000127")
    assert answer.status_code == 402
    assert 'id="cvc-wrong">Your card&#39;s security code is incorrect.' in answer.text
    assert 'value="v@example.org"' in answer.text
    assert send(session.url).status_code == 303


def test_something_missing_is_told_before_anything_is_tried(shop, send, sdk):
    answer = send(shop.open().url, email="", card_number="1")
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 2
    assert sdk.v1.payment_intents.list().data == []


def test_a_test_card_can_be_picked_and_what_was_typed_stays(shop, http):
    page = http.post(
        shop.open().url, data={"pick": "4000000000009995", "email": "v@example.org"}
    ).text
    assert 'value="4000000000009995"' in page
    assert 'value="v@example.org"' in page


def test_3d_secure_is_a_page_of_its_own(shop, send, http, sandbox):
    session = shop.open()
    answer = send(session.url, card_number="4000002760003184")
    assert answer.headers["Location"] == f"/c/challenge/{session.id}"
    address = sandbox.base_url + answer.headers["Location"]
    assert "SANDBOX" in http.get(address).text
    failed = http.post(address, data={"outcome": "fail"})
    assert failed.status_code == 402
    assert "unable to authenticate" in failed.text
    send(session.url, card_number="4000002760003184")
    done = http.post(address, data={"outcome": "complete"}, allow_redirects=False)
    assert done.headers["Location"].endswith(session.id)


def test_a_challenge_that_nobody_waits_for_leads_to_the_page(shop, http, sandbox):
    session = shop.open()
    address = f"{sandbox.base_url}/c/challenge/{session.id}"
    answer = http.post(address, data={"outcome": "complete"}, allow_redirects=False)
    assert answer.headers["Location"] == f"/c/pay/{session.id}"


def test_a_second_click_does_not_pay_twice(shop, send, sdk):
    session = shop.open()
    send(session.url)
    again = send(session.url)
    assert again.status_code == 200
    assert "You were not charged again" in again.text
    assert len(sdk.v1.charges.list().data) == 1


def test_a_delayed_payment_is_never_called_paid(shop, send):
    session = shop.open()
    account = {"method": "sepa_debit", "iban": "DE89370400440532013000"}
    assert send(session.url, **account).status_code == 303
    again = send(session.url)
    assert "is with your bank" in again.text
    assert "already paid" not in again.text


def test_an_expired_page_says_so(shop, sdk, http):
    session = shop.open()
    sdk.v1.checkout.sessions.expire(session.id)
    answer = http.get(session.url)
    assert answer.status_code == 410
    assert "You have not been charged" in answer.text


def test_a_session_nobody_opened_is_not_found(http, sandbox):
    answer = http.get(f"{sandbox.base_url}/c/pay/cs_test_nobody")
    assert answer.status_code == 404
    assert "SANDBOX" in answer.text


def test_a_fixed_email_cannot_be_changed(shop, send, sdk):
    session = shop.open(customer_email="fixed@example.org")
    send(session.url, email="other@example.org")
    details = sdk.v1.checkout.sessions.retrieve(session.id).customer_details
    assert details.email == "fixed@example.org"


def test_only_the_allowed_methods_are_offered(shop, http):
    page = http.get(shop.open(excluded_payment_method_types=["sepa_debit"]).url).text
    assert "SEPA" not in page
    page = http.get(shop.open(allowed_payment_method_types=["sepa_debit"]).url).text
    assert "Test cards" not in page


def test_a_form_from_another_site_is_refused(shop, http):
    answer = http.post(shop.open().url, data=GOOD, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_what_was_typed_stays_after_3d_secure_has_failed(shop, send, http, sandbox):
    label = {"type": "custom", "custom": "Dedication"}
    session = shop.open(custom_fields=[{"key": "a", "label": label, "type": "text"}])
    answer = send(session.url, card_number="4000002760003184", custom_a="For Anna")
    address = sandbox.base_url + answer.headers["Location"]
    page = http.post(address, data={"outcome": "fail"}).text
    assert 'value="For Anna"' in page
    assert 'value="v@example.org"' in page


def test_the_back_button_after_paying_finds_the_end_not_the_form(shop, send, http):
    session = shop.open()
    send(session.url)
    again = http.get(session.url)
    assert "You have already paid $15.00" in again.text
    assert "<form" not in again.text


def test_a_challenge_answered_twice_pays_once(shop, send, http, sdk, sandbox):
    session = shop.open()
    answer = send(session.url, card_number="4000002760003184")
    address = sandbox.base_url + answer.headers["Location"]
    for _ in range(2):
        http.post(address, data={"outcome": "complete"}, allow_redirects=False)
    assert len(sdk.v1.charges.list().data) == 1
    assert http.get(address, allow_redirects=False).headers["Location"].endswith(session.id)


def test_a_page_left_open_beyond_its_time_charges_nobody(shop, send, sdk):
    session = shop.open()
    shop.advance(days=2)
    answer = send(session.url)
    assert answer.status_code == 410
    assert "You have not been charged" in answer.text
    assert sdk.v1.charges.list().data == []


def test_a_challenge_passed_beyond_the_sessions_time_charges_nobody(shop, send, http, sdk, sandbox):
    session = shop.open()
    answer = send(session.url, card_number="4000002760003184")
    shop.advance(days=2)
    address = sandbox.base_url + answer.headers["Location"]
    assert http.post(address, data={"outcome": "complete"}).status_code == 410
    assert sdk.v1.charges.list().data == []


def test_a_payment_method_that_is_not_offered_is_refused(shop, send, sdk):
    answer = send(shop.open().url, method="paypal")
    assert answer.status_code == 422
    assert 'id="method-wrong">Please choose a payment method.' in answer.text
    assert sdk.v1.payment_intents.list().data == []


HOSTILE = [
    '"><script>alert(1)</script>',
    "{{ 7 * 7 }}",
    "{price}",
    "\x00",
    "\u202eevil",
    "x" * 9000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_input_is_refused_and_shown_as_what_it_is(shop, send, text):
    field = {"key": "a", "label": {"type": "custom", "custom": text[:90]}, "type": "text"}
    session = shop.open(custom_fields=[field], phone_number_collection={"enabled": True})
    answer = send(session.url, email=text, name=text, custom_a=text, phone=text, method=text)
    assert answer.status_code == 422
    assert "<script" not in answer.text
    assert ">49<" not in answer.text
    assert 'value="49"' not in answer.text


def test_a_form_larger_than_any_reader_types_is_refused(shop, send):
    assert send(shop.open().url, name="x" * 300_000).status_code == 413


@pytest.mark.parametrize("verb", ["put", "delete", "patch"])
def test_the_page_takes_nothing_but_looks_and_forms(shop, http, verb):
    assert getattr(http, verb)(shop.open().url).status_code == 405


def test_the_first_field_that_is_wrong_is_where_the_reader_goes_on(shop, send):
    page = send(shop.open().url, email="", card_number="1").text
    assert page.count("autofocus") == 1
    assert page.index("autofocus") < page.index('name="card_number"')


def test_a_decline_is_told_in_the_language_of_the_page(shop, send):
    session = shop.open(locale="ru")
    answer = send(session.url, card_number="4000000000009995")
    assert "На карте недостаточно средств" in answer.text


def test_a_session_on_a_test_clock_expires_by_that_clock(shop, sdk, http):
    clock = sdk.v1.test_helpers.test_clocks.create({"frozen_time": 1_900_000_000})
    customer = sdk.v1.customers.create({"email": "v@example.org", "test_clock": clock.id})
    session = shop.open(customer=customer.id)
    assert session.expires_at == 1_900_000_000 + 86_400
    assert http.get(session.url).status_code == 200
    sdk.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": 1_900_000_000 + 90_000})
    assert http.get(session.url).status_code == 410
    assert sdk.v1.checkout.sessions.retrieve(session.id).status == "expired"


def test_looking_at_a_session_of_a_test_clock_does_not_move_the_sandboxs_own(
    shop, sdk, http, sandbox
):
    before = sandbox.world.clock.now()
    clock = sdk.v1.test_helpers.test_clocks.create({"frozen_time": 1_900_000_000})
    customer = sdk.v1.customers.create({"email": "v@example.org", "test_clock": clock.id})
    http.get(shop.open(customer=customer.id).url)
    assert sandbox.world.clock.now() - before < 60
