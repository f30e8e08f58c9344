from __future__ import annotations

import pytest
import stripe


def test_every_answer_has_its_own_request_id_refusals_too(http, sandbox):
    ids = {
        http.get(f"{sandbox.base_url}{path}").headers["Request-Id"]
        for path in ("/v1/balance", "/v1/balance", "/v1/charges/ch_nobody", "/v1/teapots")
    }
    assert len(ids) == 4
    assert all(each.startswith("req_") for each in ids)


def test_an_address_that_is_not_there_is_named(http, sandbox):
    answer = http.post(f"{sandbox.base_url}/v1/teapots")
    assert answer.status_code == 404
    assert "POST: /v1/teapots" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("ask", "status", "param"),
    [
        (lambda v1: v1.payment_intents.retrieve("pi_x"), 404, "intent"),
        (lambda v1: v1.charges.retrieve("ch_x"), 404, "id"),
        (lambda v1: v1.invoices.retrieve("in_x"), 404, "invoice"),
        (lambda v1: v1.subscriptions.retrieve("sub_x"), 404, "id"),
        (lambda v1: v1.refunds.create({"charge": "ch_x"}), 404, "id"),
        (lambda v1: v1.refunds.create({"payment_intent": "pi_x"}), 400, "payment_intent"),
        (lambda v1: v1.balance_transactions.list({"payout": "po_x"}), 400, "payout"),
        (lambda v1: v1.charges.list({"starting_after": "ch_x"}), 400, "starting_after"),
    ],
)
def test_an_unknown_id_is_missing_and_its_parameter_named(sdk, ask, status, param):
    """404 is for what the path names; the parameter is called as Stripe was recorded to call it."""
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        ask(sdk.v1)
    error = refusal.value
    assert (error.http_status, error.code, error.param) == (status, "resource_missing", param)


def test_nothing_of_the_sandboxes_own_leaves_it(shop, http, sandbox):
    shop.join()
    shop.give()
    for path in ("checkout/sessions", "payment_methods", "subscriptions", "charges", "events"):
        assert '"_' not in http.get(f"{sandbox.base_url}/v1/{path}?limit=100").text


def test_a_body_that_is_too_large_is_turned_away(http, sandbox):
    answer = http.post(f"{sandbox.base_url}/v1/customers", data="name=" + "x" * 300_000)
    assert answer.status_code == 413


def test_a_rebound_name_is_not_answered(http, sandbox):
    answer = http.get(f"{sandbox.base_url}/v1/balance", headers={"Host": "evil.example"})
    assert answer.status_code == 421
