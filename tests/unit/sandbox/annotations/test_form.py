from __future__ import annotations

import pytest

from donations.sandbox.annotations.form import decoded, read
from donations.sandbox.refusals import Refusal

SESSION = "checkout.SessionCreateParams"
OPEN = "mode=payment&success_url=http://a/"


def test_brackets_nest_and_numbers_make_lists():
    assert decoded("a[b][0][c]=1&a[b][1][c]=2&d=&e[]=x&e[]=y") == {
        "a": {"b": [{"c": "1"}, {"c": "2"}]},
        "d": "",
        "e": ["x", "y"],
    }


def test_more_than_ten_items_keep_their_order():
    body = "&".join(f"a[{n}]={n}" for n in range(12))
    assert decoded(body)["a"] == [str(n) for n in range(12)]


def test_a_key_that_is_both_a_text_and_an_object_is_refused():
    with pytest.raises(Refusal):
        decoded("a=1&a[b]=2")


def test_strings_become_the_values_they_stand_for():
    price = "line_items[0][price_data]"
    body = (
        f"{OPEN}&expires_at=1800000000&adaptive_pricing[enabled]=false"
        f"&line_items[0][quantity]=2&{price}[currency]=usd&{price}[unit_amount]=500"
        f"&{price}[product]=p&metadata[n]=7"
    )
    values = read(SESSION, body)
    assert values["expires_at"] == 1_800_000_000
    assert values["adaptive_pricing"] == {"enabled": False}
    assert values["line_items"][0]["price_data"]["unit_amount"] == 500
    assert values["metadata"] == {"n": "7"}


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ("colour=red", "parameter_unknown", "colour"),
        ("line_items[0][colour]=red", "parameter_unknown", "line_items[0][colour]"),
        (
            "payment_method_types[0]=card",
            "payment_method_types_no_longer_supported",
            "payment_method_types",
        ),
        ("expires_at=soon", "parameter_invalid_integer", "expires_at"),
        ("mode=gift", None, "mode"),
        ("ui_mode=hosted", None, "ui_mode"),
        ("adaptive_pricing[enabled]=perhaps", None, "adaptive_pricing[enabled]"),
        ("customer=", "parameter_invalid_empty", "customer"),
        ("line_items=x", None, "line_items"),
        (
            "line_items[0][price_data][unit_amount]=5",
            "parameter_missing",
            "line_items[0][price_data][currency]",
        ),
        (
            "line_items[0][price_data][currency]=usd&line_items[0][price_data][recurring][interval]=monthly",
            None,
            "line_items[0][price_data][recurring][interval]",
        ),
    ],
)
def test_what_the_types_do_not_allow_is_refused_by_name(body, code, param):
    with pytest.raises(Refusal) as refusal:
        read(SESSION, body)
    assert refusal.value.status == 400
    assert refusal.value.error.get("code") == code
    assert refusal.value.error["param"] == param


def test_a_missing_name_is_missing():
    with pytest.raises(Refusal) as refusal:
        read("ProductCreateParams", "")
    assert refusal.value.error["code"] == "parameter_missing"


def test_what_can_be_unset_takes_an_empty_text():
    read("SubscriptionUpdateParams", "pause_collection=&metadata[a]=&default_payment_method=pm")
    assert read("CustomerUpdateParams", "metadata=")["metadata"] == ""


def test_the_sdks_request_options_are_no_parameters():
    with pytest.raises(Refusal):
        read(SESSION, "idempotency_key=x")
