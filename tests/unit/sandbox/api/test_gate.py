from __future__ import annotations

import pytest
import stripe

LIVE = "sk_live_abcdefghijklmnop"


def ask(http, sandbox, **headers):
    return http.get(f"{sandbox.base_url}/v1/balance", headers=headers)


def test_a_request_without_a_key_is_unauthorised(http, sandbox):
    del http.headers["Authorization"]
    assert ask(http, sandbox).status_code == 401


@pytest.mark.parametrize("key", [LIVE, LIVE.replace("sk", "rk"), "pk_test_abc", "whatever"])
def test_only_test_keys_are_taken_and_none_is_repeated(http, sandbox, key):
    answer = ask(http, sandbox, Authorization=f"Bearer {key}")
    assert answer.status_code == 401
    assert key not in answer.text


def test_the_sdk_sees_a_live_key_as_an_authentication_error(sandbox):
    client = stripe.RequestsClient()
    addresses = dict.fromkeys(("api", "files", "connect", "meter_events"), sandbox.base_url)
    sdk = stripe.StripeClient(LIVE, base_addresses=addresses, http_client=client)
    with pytest.raises(stripe.AuthenticationError):
        sdk.v1.balance.retrieve()
    client.close()


def test_a_restricted_test_key_and_basic_authentication_are_taken(http, sandbox):
    assert ask(http, sandbox, Authorization="Bearer rk_test_x").status_code == 200
    del http.headers["Authorization"]
    assert http.get(f"{sandbox.base_url}/v1/balance", auth=("sk_test_x", "")).status_code == 200


@pytest.mark.parametrize("header", ["Basic %%%", "Bearer", "Basic", "Token sk_test_x"])
def test_a_header_that_makes_no_sense_is_unauthorised(http, sandbox, header):
    assert ask(http, sandbox, Authorization=header).status_code == 401


def test_another_version_is_refused_and_the_pinned_one_taken(http, sandbox):
    refused = ask(http, sandbox, **{"Stripe-Version": "2020-08-27"})
    assert refused.status_code == 400
    taken = ask(http, sandbox, **{"Stripe-Version": "2026-10-28.endive"})
    assert taken.headers["Stripe-Version"] == "2026-10-28.endive"


def test_the_sdk_pins_the_version_the_sandbox_speaks():
    assert stripe.api_version == "2026-10-28.endive"
