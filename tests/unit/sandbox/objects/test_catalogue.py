from __future__ import annotations

import pytest
import stripe

pytestmark = pytest.mark.usefixtures("clean")
MONTHLY = {"interval": "month"}


def test_a_product_may_come_with_its_price(shop, sdk):
    made = sdk.v1.products.create(
        {
            "name": "Friends",
            "unit_label": "seat",
            "default_price_data": {"currency": "eur", "unit_amount": 900, "recurring": MONTHLY},
            "expand": ["default_price"],
        }
    )
    assert (made.default_price.unit_amount, made.default_price.product) == (900, made.id)
    assert "price.created" in shop.happened()


def test_products_are_changed_listed_and_deleted_while_they_have_no_price(shop, sdk):
    made = sdk.v1.products.create({"id": "friends", "name": "Friends", "metadata": {"a": "1"}})
    changed = sdk.v1.products.update(
        made.id, {"name": "Friend", "active": False, "description": "x", "images": ["http://a.b/c"]}
    )
    assert (changed.name, changed.active, changed.images) == ("Friend", False, ["http://a.b/c"])
    assert [each.id for each in sdk.v1.products.list({"active": False}).data] == ["friends"]
    assert [each.id for each in sdk.v1.products.list({"ids": ["friends"]}).data] == ["friends"]
    assert sdk.v1.products.delete("friends").deleted is True
    sdk.v1.prices.create({"currency": "usd", "unit_amount": 500, "product": "support"})
    with pytest.raises(stripe.InvalidRequestError, match="cannot be deleted"):
        sdk.v1.products.delete("support")


def test_a_default_price_is_one_of_the_product(shop, sdk):
    mine = sdk.v1.prices.create({"currency": "usd", "unit_amount": 500, "product": "support"})
    other = sdk.v1.products.create({"name": "Other"})
    with pytest.raises(stripe.InvalidRequestError, match="does not belong"):
        sdk.v1.products.update(other.id, {"default_price": mine.id})
    assert sdk.v1.products.update("support", {"default_price": mine.id}).default_price == mine.id


def test_a_lookup_key_belongs_to_one_price_and_can_be_handed_on(shop, sdk):
    given = {"currency": "usd", "unit_amount": 500, "product": "support", "lookup_key": "monthly"}
    old = sdk.v1.prices.create(given)
    with pytest.raises(stripe.InvalidRequestError, match="already uses that lookup key"):
        sdk.v1.prices.create(given)
    new = sdk.v1.prices.create(given | {"unit_amount": 700, "transfer_lookup_key": True})
    assert sdk.v1.prices.retrieve(old.id).lookup_key is None
    assert [each.id for each in sdk.v1.prices.list({"lookup_keys": ["monthly"]}).data] == [new.id]


def test_a_price_keeps_its_amount_and_changes_its_name(shop, sdk):
    made = sdk.v1.prices.create(
        {"currency": "usd", "unit_amount": 500, "product": "support", "nickname": "old"}
    )
    changed = sdk.v1.prices.update(made.id, {"nickname": "new", "active": False})
    assert (changed.nickname, changed.active) == ("new", False)
    assert shop.happened()[-1] == "price.updated"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.prices.update(made.id, {"unit_amount": 600})
    assert refusal.value.code == "parameter_unknown"


def test_an_amount_may_be_told_as_a_whole_decimal(shop, sdk):
    made = sdk.v1.prices.create(
        {"currency": "usd", "unit_amount_decimal": "500", "product": "support"}
    )
    assert (made.unit_amount, str(made.unit_amount_decimal)) == (500, "500")


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"unit_amount": None, "unit_amount_decimal": "0.5"}, "unit_amount_decimal"),
        ({"unit_amount": -5}, "unit_amount"),
        ({"unit_amount": None}, "unit_amount"),
        ({"unit_amount_decimal": "5"}, "unit_amount"),
        ({"currency": "xxx"}, "currency"),
        ({"tiers": [{"up_to": "inf", "unit_amount": 5}]}, "tiers"),
        ({"billing_scheme": "tiered"}, "billing_scheme"),
        ({"currency_options": {"eur": {"unit_amount": 5}}}, "currency_options"),
        ({"recurring": {"interval": "year", "interval_count": 4}}, "recurring[interval_count]"),
        ({"recurring": {"interval": "month", "usage_type": "metered"}}, "recurring[usage_type]"),
        ({"product": None}, "product"),
    ],
)
def test_a_price_that_cannot_be_is_refused_by_name(shop, sdk, wrong, param):
    given = {"currency": "usd", "unit_amount": 500, "product": "support"} | wrong
    told = {name: value for name, value in given.items() if value is not None}
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.prices.create(told)
    assert refusal.value.param == param


def test_prices_are_found_by_product_kind_and_interval(shop, sdk):
    once = sdk.v1.prices.create({"currency": "usd", "unit_amount": 500, "product": "support"})
    monthly = sdk.v1.prices.create(
        {"currency": "eur", "unit_amount": 500, "product": "support", "recurring": MONTHLY}
    )

    def found(**given):
        return [each.id for each in sdk.v1.prices.list(given).data]

    assert found(product="support") == [monthly.id, once.id]
    assert found(product="support", type="one_time") == [once.id]
    assert found(product="support", recurring=MONTHLY) == [monthly.id]
    assert found(currency="eur") == [monthly.id]
    assert found(product="none") == []
