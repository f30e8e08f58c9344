from __future__ import annotations

import pytest
import stripe

from donations.sandbox.refusals import Refusal


@pytest.fixture
def quiet(shop, sandbox, endpoint):
    sandbox.flush()
    endpoint.events.clear()
    return shop


def test_duplicates_are_the_same_event_twice(quiet, sandbox, endpoint):
    sandbox.control("faults", {"duplicate": True})
    quiet.give()
    assert sandbox.flush()["delivered"] == 10
    assert len({event.id for event in endpoint.events}) == 5


def test_reversed_events_come_last_first(quiet, sandbox, endpoint):
    sandbox.control("faults", {"reverse": True})
    quiet.give()
    sandbox.flush()
    assert endpoint.types()[0] == "charge.updated"
    assert endpoint.types()[-1] == "payment_intent.created"


def test_dropped_events_never_come_but_can_be_listed(quiet, sandbox, endpoint, sdk):
    sandbox.control("faults", {"drop": 4})
    quiet.give()
    sandbox.flush()
    assert endpoint.types() == ["charge.updated"]
    missed = sdk.v1.events.list(
        {"delivery_success": False, "types": ["checkout.session.completed"]}
    ).data
    assert len(missed) == 1


def test_a_late_balance_transaction_comes_with_charge_updated(quiet, sandbox, endpoint):
    sandbox.control("faults", {"late_balance_transaction": True})
    session = quiet.give()
    assert quiet.charge(session).balance_transaction is None
    sandbox.flush()
    assert "charge.updated" not in endpoint.types()
    quiet.advance(seconds=10)
    assert quiet.charge(session).balance_transaction.fee == 74
    sandbox.flush()
    assert endpoint.types().count("charge.updated") == 1


def test_a_foreign_settlement_currency_has_its_rate_and_its_fee(quiet, sandbox):
    sandbox.control("faults", {"settlement": {"jpy": ["usd", "0.0065"]}})
    booked = quiet.charge(quiet.give(amount=10_000, currency="jpy")).balance_transaction
    assert (booked.amount, booked.currency, booked.fee) == (6500, "usd", 219)
    assert booked.exchange_rate == pytest.approx(0.0065)


@pytest.mark.parametrize(
    ("status", "raised"),
    [(429, stripe.RateLimitError), (500, stripe.APIError), (503, stripe.APIError)],
)
def test_an_ordered_error_strikes_as_often_as_told_and_only_its_path(
    sdk, sandbox, shop, status, raised
):
    sandbox.control("faults", {"api_error": {"status": status, "times": 1, "path": "/v1/balance"}})
    sdk.v1.products.retrieve("support")
    with pytest.raises(raised):
        sdk.v1.balance.retrieve()
    sdk.v1.balance.retrieve()


def test_an_error_after_the_work_hides_an_answer_that_a_second_try_gets(sdk, sandbox):
    sandbox.control(
        "faults",
        {"api_error": {"status": 500, "times": 1, "path": "/v1/customers", "after_work": True}},
    )
    with pytest.raises(stripe.APIError):
        sdk.v1.customers.create({"name": "V"}, {"idempotency_key": "once"})
    sdk.v1.customers.create({"name": "V"}, {"idempotency_key": "once"})
    assert len(sdk.v1.customers.list().data) == 1


@pytest.mark.parametrize(("after", "made"), [(False, 0), (True, 1)])
def test_a_cut_connection_leaves_the_caller_without_an_answer(sdk, sandbox, after, made):
    sandbox.control("faults", {"reset": {"times": 1, "path": "/v1/customers", "after_work": after}})
    with pytest.raises(stripe.APIConnectionError):
        sdk.v1.customers.create({"name": "V"}, {"idempotency_key": "once"})
    assert len(sdk.v1.customers.list().data) == made
    sdk.v1.customers.create({"name": "V"}, {"idempotency_key": "once"})
    assert len(sdk.v1.customers.list().data) == 1


def test_clearing_puts_every_knob_back(sandbox):
    sandbox.control("faults", {"duplicate": True, "drop": 3})
    after = sandbox.control("faults", {"clear": True, "reverse": True})
    assert (after["duplicate"], after["drop"], after["reverse"]) == (False, 0, True)


def test_a_knob_that_is_not_there_is_named(sandbox):
    with pytest.raises(Refusal, match="No such fault: explode"):
        sandbox.control("faults", {"explode": True})
    with pytest.raises(Refusal, match="api_error status"):
        sandbox.control("faults", {"api_error": {"status": 418}})


def test_a_value_of_the_wrong_kind_is_refused_and_turns_nothing(sandbox):
    for wrong in ({"duplicate": 1}, {"drop": "3"}, {"fee": {"vat": 1}}, {"settlement": []}):
        with pytest.raises(Refusal):
            sandbox.control("faults", {"reverse": True, **wrong})
    assert sandbox.control("state")["faults"]["reverse"] is False


def test_two_event_objects_can_tell_of_one_change(quiet, sandbox, endpoint):
    sandbox.control("faults", {"two_events": True})
    quiet.give()
    sandbox.flush()
    paid = [each for each in endpoint.events if each.type == "payment_intent.succeeded"]
    assert len({each.id for each in paid}) == 2
    assert len({each.data.object.id for each in paid}) == 1


def test_an_error_can_fall_on_every_nth_request(sdk, sandbox, shop):
    sandbox.control("faults", {"api_error": {"status": 503, "every": 3}})
    outcomes = []
    for _ in range(6):
        try:
            sdk.v1.products.retrieve("support")
        except stripe.APIError:
            outcomes.append("refused")
        else:
            outcomes.append("answered")
    assert outcomes == ["answered", "answered", "refused"] * 2


def test_more_requests_than_the_limit_in_one_second_are_refused(sdk, sandbox, shop, monkeypatch):
    monkeypatch.setattr("donations.sandbox.faults.time.time", lambda: 1_800_000_000.5)
    sandbox.control("faults", {"rate_limit": 2})
    sandbox.world.faults._second = 0
    sdk.v1.products.retrieve("support")
    sdk.v1.products.retrieve("support")
    with pytest.raises(stripe.RateLimitError) as refused:
        sdk.v1.products.retrieve("support")
    assert refused.value.error.code == "rate_limit"
    monkeypatch.setattr("donations.sandbox.faults.time.time", lambda: 1_800_000_001.5)
    sdk.v1.products.retrieve("support")


@pytest.mark.parametrize(("after", "made"), [(False, 0), (True, 1)])
def test_an_answer_that_hangs_is_given_up_by_the_caller(sandbox, after, made):
    order = {"seconds": 0.6, "times": 1, "path": "/v1/customers", "after_work": after}
    sandbox.control("faults", {"hang": order})
    client = stripe.RequestsClient(timeout=0.2)
    impatient = stripe.StripeClient(
        "sk_test_suite",
        base_addresses=dict.fromkeys(("api", "files", "connect", "meter_events"), sandbox.base_url),
        http_client=client,
    )
    with pytest.raises(stripe.APIConnectionError):
        impatient.v1.customers.create({"name": "V"}, {"idempotency_key": "once"})
    client.close()
    assert len(sandbox.world.store.tables.get("customer", {})) == made


def test_one_endpoint_can_be_limited_alone(sdk, sandbox, shop, monkeypatch):
    monkeypatch.setattr("donations.sandbox.faults.time.time", lambda: 1_800_000_000.5)
    sandbox.control("faults", {"endpoint_rate_limit": 1})
    sandbox.world.faults._second = 0
    sdk.v1.products.retrieve("support")
    sdk.v1.products.list()
    with pytest.raises(stripe.RateLimitError):
        sdk.v1.products.retrieve("support")


def test_an_error_after_the_work_falls_on_reading_too(sdk, sandbox, shop):
    sandbox.control("faults", {"api_error": {"status": 500, "times": 1, "after_work": True}})
    with pytest.raises(stripe.APIError):
        sdk.v1.products.retrieve("support")
    sdk.v1.products.retrieve("support")
