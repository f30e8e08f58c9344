from __future__ import annotations

import pytest
import stripe

BASE = "features[subscription_update]"


@pytest.fixture
def friends(sdk):
    return sdk.v1.products.create({"name": "Friends"}).id


@pytest.fixture
def price(sdk, friends):
    def price(product=friends, recurring=True, **more):
        rhythm = {"recurring": {"interval": "month"}} if recurring else {}
        given = {"product": product, "unit_amount": 900, "currency": "usd", **rhythm, **more}
        return sdk.v1.prices.create(given).id

    return price


@pytest.fixture
def create(sdk):
    def create(products, **more):
        feature = {"enabled": True, "default_allowed_updates": ["price"], "products": products}
        features = {
            "payment_method_update": {"enabled": more.pop("payment", True)},
            "subscription_update": feature | more,
        }
        return sdk.v1.billing_portal.configurations.create({"features": features})

    return create


def refused(create, *args, **more):
    with pytest.raises(stripe.InvalidRequestError) as told:
        create(*args, **more)
    return told.value


def test_prices_of_the_catalogue_are_offered(create, friends, price):
    made = create([{"product": friends, "prices": [price()]}])
    product = made.features.subscription_update.products[0]
    assert product.product == friends
    assert product.adjustable_quantity.to_dict() == {
        "enabled": False,
        "minimum": 1,
        "maximum": None,
    }


def test_at_most_ten_products(sdk, create, price):
    def some(count):
        ids = [sdk.v1.products.create({"name": f"P{number}"}).id for number in range(count)]
        return [{"product": each, "prices": [price(product=each)]} for each in ids]

    assert refused(create, some(11)).param == f"{BASE}[products]"
    assert len(create(some(10)).features.subscription_update.products) == 10


def test_a_price_made_inline_is_not_of_the_catalogue(create, sdk, shop, friends):
    inline = shop.join()["items"].data[0].price
    wrong = refused(create, [{"product": inline.product, "prices": [inline.id]}])
    assert "catalogue" in str(wrong)
    assert wrong.param == f"{BASE}[products][0][prices][0]"


def test_a_price_belongs_to_its_product_and_recurs(create, sdk, friends, price):
    other = sdk.v1.products.create({"name": "Other"}).id
    assert "not one of" in str(refused(create, [{"product": other, "prices": [price()]}]))
    once = price(recurring=False)
    assert "recurring" in str(refused(create, [{"product": friends, "prices": [once]}]))
    gone = refused(create, [{"product": friends, "prices": ["price_nowhere"]}])
    assert gone.code == "resource_missing"


def test_updates_need_products_what_may_change_and_a_way_to_pay(create, friends, price):
    products = [{"product": friends, "prices": [price()]}]
    wrong = refused(create, products, payment=False)
    assert str(wrong).endswith(
        "Cannot enable subscription updates while payment method update is disabled."
    )
    assert refused(create, "").param == f"{BASE}[products]"
    lacking = refused(create, products, default_allowed_updates="")
    assert lacking.param == f"{BASE}[default_allowed_updates]"


def test_promotion_codes_are_refused(create, friends, price):
    products = [{"product": friends, "prices": [price()]}]
    wrong = refused(create, products, default_allowed_updates=["price", "promotion_code"])
    assert "promotion" in str(wrong)
