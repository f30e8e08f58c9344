from __future__ import annotations

import threading

import pytest
import stripe

KEY = {"idempotency_key": "attempt-1"}


def test_the_same_key_gets_the_same_answer_and_does_the_work_once(sdk):
    first = sdk.v1.customers.create({"name": "V"}, KEY)
    again = sdk.v1.customers.create({"name": "V"}, KEY)
    assert again.id == first.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert len(sdk.v1.customers.list().data) == 1


def test_the_stored_answer_does_not_follow_later_changes(sdk):
    wanted = {"name": "V", "payment_method": "pm_card_visa"}
    first = sdk.v1.customers.create(wanted, KEY)
    [method] = sdk.v1.customers.payment_methods.list(first.id).data
    settings = {"invoice_settings": {"default_payment_method": method.id}}
    sdk.v1.customers.update(first.id, {"name": "W", **settings})
    again = sdk.v1.customers.create(wanted, KEY)
    assert (again.name, again.invoice_settings.default_payment_method) == ("V", None)


def test_the_same_key_for_something_else_is_an_error(sdk):
    sdk.v1.customers.create({"name": "V"}, KEY)
    with pytest.raises(stripe.IdempotencyError):
        sdk.v1.customers.create({"name": "W"}, KEY)
    with pytest.raises(stripe.IdempotencyError):
        sdk.v1.products.create({"name": "V"}, KEY)


def test_what_failed_validation_is_not_remembered(sdk):
    for wrong in ({"nmae": "V"}, {"metadata": {"k" * 41: "v"}}):
        with pytest.raises(stripe.InvalidRequestError):
            sdk.v1.customers.create(wrong, KEY)
    assert sdk.v1.customers.create({"name": "V"}, KEY).name == "V"


def test_a_decline_is_remembered(shop, sdk):
    joined = shop.join(card="4000000000000341")
    shop.advance(until_next_renewal=True)
    invoice = shop.invoices(joined)[0]
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            sdk.v1.invoices.pay(invoice.id, {}, KEY)
    assert shop.happened().count("charge.failed") == 2


def test_the_same_key_at_the_same_time_is_a_conflict(sdk, http, sandbox):
    entered, leave = threading.Event(), threading.Event()
    statuses = []

    def first():
        statuses.append(
            http.post(
                f"{sandbox.base_url}/v1/customers", headers={"Idempotency-Key": "k"}
            ).status_code
        )

    held = sandbox.world.timeline.run_until

    def slowly(world, moment):
        entered.set()
        sandbox.world.lock.release()  # let the second request in while the first is served
        leave.wait(10)
        sandbox.world.lock.acquire()
        return held(world, moment)

    sandbox.world.timeline.run_until = slowly
    thread = threading.Thread(target=first)
    thread.start()
    entered.wait(10)
    with pytest.raises(stripe.StripeError) as refusal:
        sdk.v1.customers.create({}, {"idempotency_key": "k"})
    assert (refusal.value.http_status, refusal.value.error.code) == (409, "idempotency_key_in_use")
    leave.set()
    thread.join()
    sandbox.world.timeline.run_until = held
    assert statuses == [200]


def test_a_key_is_forgotten_after_a_day(sdk, sandbox):
    first = sdk.v1.customers.create({"name": "V"}, KEY)
    kept = sandbox.world.keys
    kept["attempt-1"]["at"] -= 25 * 3600
    assert sdk.v1.customers.create({"name": "V"}, KEY).id != first.id


def test_a_key_has_at_most_255_characters(sdk):
    with pytest.raises(stripe.IdempotencyError):
        sdk.v1.customers.create({}, {"idempotency_key": "k" * 256})
