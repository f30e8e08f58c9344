from __future__ import annotations

import pytest

from donations.sandbox.annotations import form
from donations.sandbox.refusals import Refusal

SESSION = "checkout.SessionCreateParams"


def test_a_form_body_becomes_values_of_the_kinds_the_sdk_declares():
    body = (
        "mode=payment&expires_at=99&adaptive_pricing[enabled]=false&metadata[a]=1&expand[0]=customer"
        "&line_items[0][quantity]=2&line_items[0][price]=price_x"
    )
    assert form.read(SESSION, body) == {
        "mode": "payment",
        "expires_at": 99,
        "adaptive_pricing": {"enabled": False},
        "metadata": {"a": "1"},
        "expand": ["customer"],
        "line_items": [{"quantity": 2, "price": "price_x"}],
    }


@pytest.mark.parametrize(
    ("body", "param", "code"),
    [
        ("colour=red", "colour", "parameter_unknown"),
        ("line_items[0][price_data][unit_amont]=5", "line_items[0][price_data][unit_amont]", None),
        ("expires_at=soon", "expires_at", "parameter_invalid_integer"),
        ("success_url=", "success_url", "parameter_invalid_empty"),
        ("ui_mode=hosted", "ui_mode", None),
        ("adaptive_pricing[enabled]=yes", "adaptive_pricing[enabled]", None),
        ("mode[a]=payment", "mode", None),
        ("payment_method_types[0]=card", "payment_method_types", None),
    ],
)
def test_the_first_thing_wrong_is_named_by_its_path(body, param, code):
    with pytest.raises(Refusal) as refusal:
        form.read(SESSION, body)
    assert refusal.value.error["param"] == param
    assert refusal.value.status == 400
    if code:
        assert refusal.value.error["code"] == code


def test_an_empty_value_unsets_where_stripe_lets_it():
    assert form.read("SubscriptionUpdateParams", "pause_collection=") == {"pause_collection": ""}
    assert form.read("CustomerUpdateParams", "metadata[a]=&metadata[b]=1") == {
        "metadata": {"a": "", "b": "1"}
    }


@pytest.mark.parametrize("body", ["a=1&a[b]=2", "[]=1", "=1", "[[[=1", "mode[=x", "%ff=1"])
def test_a_crooked_body_is_refused_and_nothing_worse(body):
    with pytest.raises(Refusal):
        form.read(SESSION, body)
