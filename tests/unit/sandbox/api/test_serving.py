from __future__ import annotations

import threading

import pytest
import requests
import stripe


def test_the_same_key_at_the_same_time_is_told_to_wait_and_makes_one_object(sandbox, http):
    begun, answers = threading.Barrier(2), []
    sandbox.control("faults", {"api_delay_seconds": 0.05})

    def create():
        begun.wait()
        answers.append(
            requests.post(
                f"{sandbox.base_url}/v1/products",
                data={"name": "one"},
                headers={"Authorization": "Bearer sk_test_x", "Idempotency-Key": "same"},
                timeout=5,
            )
        )

    threads = [threading.Thread(target=create) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(http.get(f"{sandbox.base_url}/v1/products").json()["data"]) == 1


def test_a_replay_says_so_and_a_failed_validation_is_not_remembered(sandbox, http):
    url, key = f"{sandbox.base_url}/v1/products", {"Idempotency-Key": "k"}
    assert http.post(url, data={"nam": "one"}, headers=key).status_code == 400
    first = http.post(url, data={"name": "one"}, headers=key)
    again = http.post(url, data={"name": "one"}, headers=key)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()


@pytest.mark.parametrize(("after_work", "made"), [(False, 0), (True, 1)])
def test_a_cut_connection_may_or_may_not_have_done_the_work(sandbox, sdk, http, after_work, made):
    fault = {"path": "/v1/products", "times": 1, "after_work": after_work}
    sandbox.control("faults", {"reset": fault})
    options = {"idempotency_key": "p"}
    with pytest.raises(stripe.APIConnectionError):
        sdk.v1.products.create({"name": "one"}, options)
    listing = http.get(f"{sandbox.base_url}/v1/products").json()["data"]
    assert len(listing) == made
    again = sdk.v1.products.create({"name": "one"}, options)
    assert [each.id for each in sdk.v1.products.list().data] == [again.id]


def test_an_error_after_the_work_is_answered_by_the_replay(sandbox, sdk):
    fault = {"status": 500, "path": "/v1/products", "times": 1, "after_work": True}
    sandbox.control("faults", {"api_error": fault})
    with pytest.raises(stripe.APIError):
        sdk.v1.products.create({"name": "one"}, {"idempotency_key": "p"})
    made = sdk.v1.products.create({"name": "one"}, {"idempotency_key": "p"})
    assert [each.id for each in sdk.v1.products.list().data] == [made.id]


def test_a_key_is_needed_and_no_answer_repeats_one(sandbox):
    url = f"{sandbox.base_url}/v1/balance"
    assert requests.get(url, timeout=5).status_code == 401
    live = {"Authorization": "Bearer sk_live_topsecret"}
    answer = requests.get(url, headers=live, timeout=5)
    assert answer.status_code == 401
    assert "topsecret" not in answer.text


@pytest.mark.parametrize("path", ["colour", "amount", "customer.nothing", "a.b.c.d.e"])
def test_an_expansion_that_leads_nowhere_is_refused(sdk, checkout, path):
    session = checkout.paid()
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.payment_intents.retrieve(session.payment_intent, {"expand": [path]})
    assert refusal.value.param == "expand"


def test_expansions_reach_through_lists_and_included_lists(sdk, checkout):
    session = checkout.paid("subscription")
    [link] = sdk.v1.invoice_payments.list(
        {"invoice": session.invoice, "expand": ["data.invoice", "data.payment.payment_intent"]}
    ).data
    assert (link.invoice.id, link.payment.payment_intent.status) == (session.invoice, "succeeded")
    full = sdk.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["line_items", "subscription.latest_invoice.payments"]}
    )
    assert full.line_items.data[0].amount_total == 1500
    assert full.subscription.latest_invoice.payments.data[0].id == link.id


def test_an_address_nobody_serves_is_a_plain_404(sandbox, http):
    answer = http.post(f"{sandbox.base_url}/v1/transfers")
    assert answer.status_code == 404
    assert answer.headers["Request-Id"].startswith("req_")


def test_a_page_elsewhere_cannot_order_anything(sandbox, http):
    order = f"{sandbox.base_url}/_control/advance"
    assert http.post(order, data={"days": 1}).status_code == 415
    button = f"{sandbox.base_url}/dashboard/advance"
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert http.post(button, data={"days": 1}, headers=elsewhere).status_code == 403
    rebound = {"Host": "evil.example"}
    assert http.get(sandbox.base_url, headers=rebound).status_code == 421
