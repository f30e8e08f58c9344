from __future__ import annotations

import pytest

from donations.sandbox.refusals import Refusal


def test_the_state_counts_objects_deliveries_and_money(shop, sandbox, http):
    shop.give()
    told = http.get(f"{sandbox.base_url}/_control/state").json()
    assert told["counts"]["charge"] == 1
    assert told["balance"]["pending"] == {"usd": 1426}
    assert told["deliveries"]["pending"] == 6


def test_money_is_paid_out_two_days_later(shop, sandbox):
    shop.give()
    shop.advance(days=2)
    state = sandbox.control("state")
    assert state["balance"] == {"available": {"usd": 0}, "pending": {"usd": 0}}
    assert state["paid_out"] == {"usd": 1426}


def test_orders_are_taken_over_http_as_json(shop, sandbox, http):
    session = shop.give()
    answer = http.post(
        f"{sandbox.base_url}/_control/refund",
        json={"payment_intent": session.payment_intent, "amount": 500},
    )
    assert answer.json()["amount"] == 500
    flushed = http.post(f"{sandbox.base_url}/_control/flush").json()
    assert flushed["pending"] == flushed["failed"] > 0


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("explode", {}),
        ("advance", {}),
        ("advance", {"seconds": "soon"}),
        ("advance", {"until_next_renewal": True}),
        ("refund", {"amount": "all"}),
        ("refund", {}),
        ("dispute", {"charge": "ch_nobody"}),
        ("async_payment", {"payment_intent": "pi_nobody"}),
        ("pay", {"session": "cs_nobody"}),
    ],
)
def test_an_order_that_cannot_be_carried_out_says_why(sandbox, http, name, wanted):
    answer = http.post(f"{sandbox.base_url}/_control/{name}", json=wanted)
    assert answer.status_code in {400, 404}
    assert answer.json()["error"]["message"]


def test_an_order_is_json_and_posted(sandbox, http):
    address = f"{sandbox.base_url}/_control/advance"
    assert http.get(address).status_code == 405
    assert http.post(address, data={"days": 1}).status_code == 415
    assert http.post(address, json=[1]).status_code == 400


def test_a_dispute_has_one_of_stripes_reasons(shop, sandbox):
    session = shop.give()
    with pytest.raises(Refusal, match="reason"):
        sandbox.control("dispute", {"payment_intent": session.payment_intent, "reason": "boredom"})


def test_a_number_that_is_no_test_card_cannot_pay(shop, sandbox):
    session = shop.open()
    with pytest.raises(Refusal, match="Not a test card"):
        sandbox.control("pay", {"session": session.id, "card": "4111111111111111"})


def test_a_page_can_be_paid_from_a_test_account_and_from_no_other(shop, sandbox, sdk):
    session = shop.open(currency="eur")
    with pytest.raises(Refusal, match="Not a test account"):
        sandbox.control("pay", {"session": session.id, "iban": "DE00"})
    sandbox.control("pay", {"session": session.id, "iban": "DE62370400440532013001"})
    sandbox.control("advance", {"days": 21})
    intent = sdk.v1.checkout.sessions.retrieve(session.id).payment_intent
    assert sdk.v1.payment_intents.retrieve(intent).last_payment_error.payment_method is not None


def test_a_card_can_be_renewed_by_its_network(shop, sandbox, sdk):
    method = shop.join().default_payment_method
    sandbox.control("card_update", {"payment_method": method, "last4": "1111"})
    renewed = sdk.v1.payment_methods.retrieve(method).card
    assert (renewed.last4, renewed.exp_year) == ("1111", 2038)
    assert "payment_method.automatically_updated" in shop.happened()
