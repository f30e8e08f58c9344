"""The sandbox through Stripe's own SDK: what it takes, what it refuses, how it answers."""

from __future__ import annotations

import pytest
import stripe

from donations.sandbox.server import Sandbox


def order(**changes):
    return {
        "mode": "payment",
        "success_url": "http://localhost/thanks",
        "cancel_url": "http://localhost/support",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "usd",
                    "unit_amount": 5000,
                    "product_data": {"name": "Support"},
                },
            }
        ],
        **changes,
    }


def membership(**changes):
    made = order(mode="subscription", subscription_data={"metadata": {"donation": "abc"}})
    made["line_items"][0]["price_data"]["recurring"] = {"interval": "month"}
    return {**made, **changes}


def opened(sdk, params=None, **options):
    return sdk.v1.checkout.sessions.create(params or order(), options or None)


def paid(sandbox, sdk, params=None, **more):
    session = opened(sdk, params)
    sandbox.control("pay", {"session": session.id, **more})
    return sdk.v1.checkout.sessions.retrieve(session.id)


def test_a_one_time_payment_has_a_charge_and_a_fee_in_the_books(sandbox, sdk):
    session = paid(sandbox, sdk)
    assert (session.status, session.payment_status) == ("complete", "paid")
    intent = sdk.v1.payment_intents.retrieve(
        session.payment_intent, {"expand": ["latest_charge.balance_transaction"]}
    )
    txn = intent.latest_charge.balance_transaction
    assert (txn.amount, txn.fee, txn.net) == (5000, 175, 4825)


def test_a_subscription_renews_and_its_invoice_leads_to_the_payment(sandbox, sdk):
    session = paid(sandbox, sdk, membership())
    subscription = sdk.v1.subscriptions.retrieve(session.subscription)
    assert subscription.metadata.donation == "abc"
    sandbox.control("advance", {"until_next_renewal": True})
    invoices = sdk.v1.invoices.list({"subscription": subscription.id}).data
    assert [each.billing_reason for each in invoices] == [
        "subscription_cycle",
        "subscription_create",
    ]
    [payment] = sdk.v1.invoice_payments.list({"invoice": invoices[0].id}).data
    back = sdk.v1.invoice_payments.list(
        {"payment": {"type": "payment_intent", "payment_intent": payment.payment.payment_intent}}
    ).data
    assert [each.invoice for each in back] == [invoices[0].id]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"colour": "red"}, "parameter_unknown"),
        ({"payment_method_types": ["card"]}, "payment_method_types_no_longer_supported"),
        ({"ui_mode": "hosted"}, None),
        ({"expires_at": 5}, None),
        ({"mode": "subscription"}, None),
        ({"metadata": {"k" * 41: "v"}}, None),
        ({"success_url": ""}, None),
    ],
)
def test_what_stripe_refuses_is_refused(sdk, change, code):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        opened(sdk, order(**change))
    assert refusal.value.http_status == 400
    if code:
        assert refusal.value.code == code


@pytest.mark.parametrize(
    ("amount", "code"), [(49, "amount_too_small"), (10**9, "amount_too_large")]
)
def test_amounts_have_stripes_own_bounds(sdk, amount, code):
    params = order()
    params["line_items"][0]["price_data"]["unit_amount"] = amount
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        opened(sdk, params)
    assert refusal.value.code == code


def test_an_unknown_object_is_missing(sdk):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.payment_intents.retrieve("pi_nobody")
    assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")


def test_an_idempotency_key_replays_its_answer_and_refuses_another_order(sdk):
    first = opened(sdk, order(), idempotency_key="k1")
    assert opened(sdk, order(), idempotency_key="k1").id == first.id
    with pytest.raises(stripe.IdempotencyError):
        opened(sdk, order(client_reference_id="x"), idempotency_key="k1")


@pytest.mark.parametrize("key", ["sk_live_x", "rk_live_x"])
def test_a_live_key_is_refused(sandbox, http, key):
    answer = http.get(f"{sandbox.base_url}/v1/balance", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code in {401, 403}


def test_another_api_version_is_refused(sandbox, http):
    old = {"Stripe-Version": "2020-08-27"}
    assert http.get(f"{sandbox.base_url}/v1/balance", headers=old).status_code == 400


def test_only_this_machine_is_answered():
    with pytest.raises(ValueError, match="loopback"):
        Sandbox(host="0.0.0.0")


def test_every_page_says_sandbox(sandbox, sdk, http):
    session = opened(sdk)
    for address in (sandbox.base_url, session.url):
        assert "SANDBOX" in http.get(address).text


@pytest.mark.parametrize(
    ("card", "outcome"),
    [("4000000000000002", "declined"), ("4000000000009995", "insufficient")],
)
def test_a_decline_is_explained_and_can_be_tried_again(sandbox, sdk, card, outcome):
    session = opened(sdk)
    answer = sandbox.control("pay", {"session": session.id, "card": card})
    assert outcome in answer["message"].lower()
    sandbox.control("pay", {"session": session.id})
    assert sdk.v1.checkout.sessions.retrieve(session.id).status == "complete"


def test_a_refund_costs_its_amount_and_gives_no_fee_back(sandbox, sdk):
    session = paid(sandbox, sdk)
    refund = sdk.v1.refunds.create({"payment_intent": session.payment_intent, "amount": 2000})
    txn = sdk.v1.balance_transactions.retrieve(refund.balance_transaction)
    assert (txn.amount, txn.fee, txn.type) == (-2000, 0, "refund")
    with pytest.raises(stripe.InvalidRequestError):
        sdk.v1.refunds.create({"payment_intent": session.payment_intent, "amount": 4000})


def test_what_was_kept_in_a_file_is_there_after_a_restart(tmp_path, sdk, sandbox):
    kept = Sandbox(port=0, background_delivery=False, data_file=tmp_path / "sandbox.json")
    kept.start()
    kept.control("advance", {"seconds": 3600})
    ahead = kept.control("state")["ahead_seconds"]
    kept.stop()
    again = Sandbox(port=0, background_delivery=False, data_file=tmp_path / "sandbox.json")
    again.start()
    assert again.control("state")["ahead_seconds"] == ahead
    again.stop()


def test_the_api_fails_on_demand_as_often_as_told(sandbox, sdk):
    sandbox.control("faults", {"api_error": {"status": 429, "times": 1, "path": "/v1/balance"}})
    with pytest.raises(stripe.RateLimitError):
        sdk.v1.balance.retrieve()
    assert sdk.v1.balance.retrieve().object == "balance"


SHAPES = (
    "customer",
    "product",
    "price",
    "checkout.session",
    "payment_intent",
    "charge",
    "balance_transaction",
    "invoice",
    "invoice_payment",
    "subscription",
    "refund",
    "dispute",
    "event",
    "payment_method",
)


def test_every_answer_has_the_shape_the_sdk_declares(sandbox, sdk, http):
    from donations.sandbox.annotations.shaping import problems_of

    paid(sandbox, sdk, membership())
    paid(sandbox, sdk, card="4000000000000259")
    paid(sandbox, sdk, membership(), card="4000000000000341")
    sandbox.control("advance", {"until_next_renewal": True})
    plain = paid(sandbox, sdk)
    sdk.v1.refunds.create({"payment_intent": plain.payment_intent, "amount": 100})
    seen = set()
    paths = (
        "customers",
        "products",
        "prices",
        "checkout/sessions",
        "payment_intents",
        "charges",
        "balance_transactions",
        "invoices",
        "invoice_payments",
        "subscriptions",
        "refunds",
        "disputes",
        "events",
    )
    for path in paths:
        answer = http.get(f"{sandbox.base_url}/v1/{path}", params={"limit": 100}).json()
        assert "data" in answer, (path, answer)
        for each in answer["data"]:
            seen.add(each["object"])
            assert problems_of(each) == [], (path, problems_of(each)[:3])
    assert set(SHAPES) - seen <= {"payment_method"}
