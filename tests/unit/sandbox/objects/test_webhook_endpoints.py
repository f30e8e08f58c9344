from __future__ import annotations

import pytest
import stripe


def test_an_endpoint_of_its_own_gets_what_it_asked_for_signed_with_its_own_secret(
    sdk, sandbox, endpoint
):
    sandbox.webhook_url = None
    made = sdk.v1.webhook_endpoints.create(
        {"url": endpoint.url, "enabled_events": ["customer.created"]}
    )
    endpoint.secret = made.secret
    sdk.v1.customers.create({"name": "V"})
    sdk.v1.products.create({"name": "P"})
    sandbox.flush()
    assert endpoint.types() == ["customer.created"]


def test_the_secret_is_told_once(sdk):
    made = sdk.v1.webhook_endpoints.create(
        {"url": "http://127.0.0.1:1/hook", "enabled_events": ["*"]}
    )
    assert made.secret.startswith("whsec_")
    assert getattr(sdk.v1.webhook_endpoints.retrieve(made.id), "secret", None) is None


def test_a_disabled_endpoint_is_sent_nothing_until_it_is_enabled(sdk, sandbox, endpoint):
    sandbox.webhook_url = None
    made = sdk.v1.webhook_endpoints.create({"url": endpoint.url, "enabled_events": ["*"]})
    endpoint.secret = made.secret
    assert sdk.v1.webhook_endpoints.update(made.id, {"disabled": True}).status == "disabled"
    sdk.v1.customers.create({"name": "V"})
    sdk.v1.webhook_endpoints.update(made.id, {"disabled": False})
    sdk.v1.products.create({"name": "P"})
    sandbox.flush()
    assert endpoint.types() == ["product.created"]


def test_a_deleted_endpoint_is_sent_nothing_more(sdk, sandbox, endpoint):
    sandbox.webhook_url = None
    made = sdk.v1.webhook_endpoints.create({"url": endpoint.url, "enabled_events": ["*"]})
    sdk.v1.customers.create({"name": "V"})
    assert sdk.v1.webhook_endpoints.delete(made.id).deleted
    sandbox.flush()
    assert endpoint.types() == []
    assert sdk.v1.webhook_endpoints.list().data == []


def test_an_event_says_how_many_endpoints_have_not_taken_it(sdk, sandbox, endpoint):
    sdk.v1.webhook_endpoints.create({"url": "http://127.0.0.1:1/", "enabled_events": ["*"]})
    sdk.v1.customers.create({"name": "V"})
    [told] = sdk.v1.events.list({"type": "customer.created"}).data
    assert told.pending_webhooks == 2
    sandbox.flush()
    assert sdk.v1.events.retrieve(told.id).pending_webhooks == 1
    missed = sdk.v1.events.list({"delivery_success": False, "type": "customer.created"}).data
    assert [each.id for each in missed] == [told.id]


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"url": "newsroom.test/hook", "enabled_events": ["*"]}, "url"),
        ({"url": "http://a.test/", "enabled_events": ["gift.made"]}, "enabled_events[0]"),
        ({"url": "http://a.test/", "enabled_events": ["*"], "api_version": "2024-06-20"},
         "api_version"),
        ({"url": "http://a.test/", "enabled_events": ["*"], "connect": True}, "connect"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_parameter(sdk, given, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sdk.v1.webhook_endpoints.create(given)
    assert refused.value.param == param


def test_there_are_sixteen_at_most(sdk):
    for _ in range(16):
        sdk.v1.webhook_endpoints.create({"url": "http://127.0.0.1:1/", "enabled_events": ["*"]})
    with pytest.raises(stripe.InvalidRequestError, match="maximum"):
        sdk.v1.webhook_endpoints.create({"url": "http://127.0.0.1:1/", "enabled_events": ["*"]})
