from __future__ import annotations

import pytest

FORM = {
    "email": "reader@example.org",
    "name": "Jenny Rosen",
    "method": "card",
    "card_number": "4242 4242 4242 4242",
    "expiry": "12 / 34",
    "cvc": "123",
}


def post(http, url, **changes):
    return http.post(url, data=FORM | changes, allow_redirects=False)


def test_a_paid_session_sends_the_reader_back_with_its_id(sdk, http, checkout):
    session = checkout.opened(customer_creation="always")
    assert "$15.00" in http.get(session.url).text
    answer = post(http, session.url)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"http://newsroom.test/thanks?s={session.id}"
    paid = sdk.v1.checkout.sessions.retrieve(session.id)
    assert (paid.status, paid.payment_status) == ("complete", "paid")
    assert paid.customer_details.email == "reader@example.org"
    assert sdk.v1.customers.retrieve(paid.customer).email == "reader@example.org"


def test_a_page_paid_already_says_so_and_charges_nobody_twice(sdk, http, checkout):
    session = checkout.opened()
    post(http, session.url)
    answer = post(http, session.url)
    assert "already paid" in answer.text
    assert len(sdk.v1.charges.list().data) == 1


@pytest.mark.parametrize(
    ("number", "sentence", "field"),
    [
        ("4000000000000002", "Your card was declined.", "card_number"),
        ("4000000000009995", "insufficient funds", "card_number"),
        ("4000000000000127", "security code is incorrect", "cvc"),
        ("4000000000000069", "expired", "expiry"),
    ],
)
def test_a_decline_stands_at_its_field_and_the_same_page_can_be_paid(
    sdk, http, checkout, number, sentence, field
):
    session = checkout.opened()
    declined = post(http, session.url, card_number=number)
    assert declined.status_code == 402
    _, _, after = declined.text.partition(f'id="{field}-wrong"')
    assert sentence in after.replace("&#39;", "'").partition("</p>")[0]
    assert post(http, session.url).status_code == 303
    assert sorted(each.status for each in sdk.v1.charges.list().data) == ["failed", "succeeded"]
    assert len(sdk.v1.payment_intents.list().data) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"card_number": "4242 4242"}, "card_number"),
        ({"card_number": "4242424242424241"}, "card_number"),
        ({"card_number": "4111111111111111"}, "card_number"),
        ({"expiry": "13 / 34"}, "expiry"),
        ({"expiry": "01 / 20"}, "expiry"),
        ({"cvc": "1"}, "cvc"),
        ({"email": "nobody"}, "email"),
        ({"name": ""}, "name"),
    ],
)
def test_a_slip_is_named_at_its_field_and_nothing_is_tried(sdk, http, checkout, changes, field):
    answer = post(http, checkout.opened().url, **changes)
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.text
    assert not sdk.v1.payment_intents.list().data


def test_three_d_secure_can_be_failed_and_then_passed(sandbox, sdk, http, checkout):
    session = checkout.opened()
    challenge = f"{sandbox.base_url}/c/challenge/{session.id}"
    card = {"card_number": "4000002760003184"}
    assert post(http, session.url, **card).headers["Location"] == f"/c/challenge/{session.id}"
    assert "Complete" in http.get(challenge).text
    failed = http.post(challenge, data={"outcome": "fail"})
    assert "unable to authenticate" in failed.text
    assert not sdk.v1.charges.list().data
    post(http, session.url, **card)
    passed = http.post(challenge, data={"outcome": "complete"}, allow_redirects=False)
    assert passed.status_code == 303
    assert sdk.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


@pytest.mark.parametrize(("outcome", "status"), [("succeeded", "paid"), ("failed", "unpaid")])
def test_a_bank_debit_completes_unpaid_and_is_decided_later(
    sandbox, sdk, http, checkout, outcome, status
):
    session = checkout.opened()
    assert post(http, session.url, method="sepa_debit").status_code == 303
    waiting = sdk.v1.checkout.sessions.retrieve(session.id)
    assert (waiting.status, waiting.payment_status) == ("complete", "unpaid")
    assert not sdk.v1.balance_transactions.list().data
    sandbox.control("async_payment", {"session": session.id, "outcome": outcome})
    assert sdk.v1.checkout.sessions.retrieve(session.id).payment_status == status
    assert sdk.v1.events.list({"type": f"checkout.session.async_payment_{outcome}"}).data
    assert len(sdk.v1.balance_transactions.list().data) == (outcome == "succeeded")


def test_a_picked_test_card_fills_the_form_and_keeps_what_was_typed(http, checkout):
    picked = http.post(checkout.opened().url, data={"pick": "5555555555554444", "email": "a@b.co"})
    assert 'value="5555555555554444"' in picked.text
    assert 'value="a@b.co"' in picked.text


def test_an_expired_page_takes_nothing_and_leads_back(sandbox, sdk, http, checkout):
    session = checkout.opened()
    sandbox.control("advance", {"days": 1, "seconds": 60})
    answer = post(http, session.url)
    assert answer.status_code == 410
    assert "http://newsroom.test/support" in answer.text
    assert sdk.v1.checkout.sessions.retrieve(session.id).status == "expired"
    assert sdk.v1.events.list({"type": "checkout.session.expired"}).data


def test_the_page_escapes_what_the_caller_wrote(http, checkout):
    session = checkout.opened(
        "subscription", subscription_data={"description": "<script>alert(1)</script>"}
    )
    assert "<script>" not in http.get(session.url).text


def test_every_page_works_without_script_and_forbids_it(sandbox, http, checkout):
    for address in (checkout.opened().url, sandbox.base_url):
        answer = http.get(address)
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "<script" not in answer.text
        assert "style=" not in answer.text
