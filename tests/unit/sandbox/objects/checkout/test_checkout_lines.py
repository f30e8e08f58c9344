from __future__ import annotations

import pytest
import stripe

PRICE = {"currency": "usd", "unit_amount": 1500, "product": "support"}
MONTHLY = {**PRICE, "recurring": {"interval": "month"}}


def items(*prices, quantity=1):
    return [{"quantity": quantity, "price_data": price} for price in prices]


def refused(shop, mode="payment", **change):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.open(mode, **change)
    return refusal.value


def test_an_unknown_product_is_missing(shop):
    refusal = refused(shop, line_items=items({**PRICE, "product": "prod_nobody"}))
    assert (refusal.http_status, refusal.code) == (400, "resource_missing")
    assert refusal.param == "line_items[0][price_data][product]"


@pytest.mark.parametrize(
    ("mode", "lines", "param"),
    [
        ("payment", [{"quantity": 1}], "line_items[0]"),
        ("payment", [{"price_data": PRICE}], "line_items[0][quantity]"),
        ("payment", items(PRICE, quantity=0), "line_items[0][quantity]"),
        ("payment", [{"quantity": 1, "price": "price_nobody"}], "line_items[0][price]"),
        ("payment", [{"quantity": 1, "price": "x", "price_data": PRICE}], "line_items[0]"),
        ("payment", items(MONTHLY), "mode"),
        ("subscription", items(PRICE), "mode"),
        ("payment", items(PRICE, {**PRICE, "currency": "eur"}), "line_items"),
        (
            "subscription",
            items(MONTHLY, {**PRICE, "recurring": {"interval": "year"}}),
            "line_items",
        ),
        ("subscription", items(*[MONTHLY] * 21), "line_items"),
        ("payment", items(*[PRICE] * 101), "line_items"),
        (
            "payment",
            [{"quantity": 1, "price_data": PRICE, "adjustable_quantity": {"enabled": True}}],
            "line_items[0][adjustable_quantity]",
        ),
        (
            "payment",
            [{"quantity": 1, "price_data": PRICE, "tax_rates": ["txr_1"]}],
            "line_items[0][tax_rates]",
        ),
    ],
)
def test_a_line_that_cannot_be_sold_is_refused_by_name(shop, mode, lines, param):
    assert refused(shop, mode, line_items=lines).param == param


def test_payment_and_subscription_mode_need_something_to_sell(shop, sdk):
    for mode in ("payment", "subscription"):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            sdk.v1.checkout.sessions.create({"mode": mode, "success_url": "http://127.0.0.1:1/"})
        assert (refusal.value.param, refusal.value.code) == ("line_items", "parameter_missing")


@pytest.mark.parametrize(
    ("currency", "amount", "code"),
    [
        ("usd", 49, "amount_too_small"),
        ("gbp", 29, "amount_too_small"),
        ("usd", 100_000_000, "amount_too_large"),
        ("isk", 100_050, "parameter_invalid_integer"),
    ],
)
def test_an_amount_outside_its_currencys_bounds_is_refused(shop, currency, amount, code):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.open(amount=amount, currency=currency)
    assert refusal.value.code == code


def test_the_amount_that_counts_is_that_of_all_lines(shop):
    session = shop.open(
        line_items=items({**PRICE, "unit_amount": 30}, {**PRICE, "unit_amount": 20})
    )
    assert (session.amount_subtotal, session.amount_total) == (50, 50)


def test_a_price_may_be_named_by_its_id(shop, sdk):
    price = sdk.v1.prices.create(PRICE)
    session = shop.open(line_items=[{"price": price.id, "quantity": 3}])
    [line] = sdk.v1.checkout.sessions.line_items.list(session.id).data
    assert (line.price.id, line.quantity, line.amount_total) == (price.id, 3, 4500)
    assert session.amount_total == 4500


def test_a_price_that_is_inactive_or_of_an_inactive_product_is_refused(shop, sdk):
    price = sdk.v1.prices.create(PRICE)
    lines = [{"price": price.id, "quantity": 1}]
    sdk.v1.products.update("support", {"active": False})
    refusal = refused(shop, line_items=lines)
    assert "not available to be purchased because its product is not active" in str(refusal)
    sdk.v1.products.update("support", {"active": True})
    sdk.v1.prices.update(price.id, {"active": False})
    refusal = refused(shop, line_items=lines)
    assert "The price specified is inactive" in str(refusal)
    assert refusal.param == "line_items[0][price]"


def test_a_price_made_inline_is_not_for_sale_a_second_time(shop, sdk):
    [line] = sdk.v1.checkout.sessions.line_items.list(shop.open().id).data
    refusal = refused(shop, line_items=[{"price": line.price.id, "quantity": 1}])
    assert "inactive" in str(refusal)


@pytest.mark.parametrize(
    ("currency", "says"),
    [("eur", "The price specified only supports `usd`"), ("zzz", "Invalid currency: zzz")],
)
def test_the_sessions_currency_must_be_that_of_its_prices(shop, sdk, currency, says):
    asked = {"mode": "payment", "success_url": "http://127.0.0.1:1/", "line_items": items(PRICE)}
    assert sdk.v1.checkout.sessions.create({**asked, "currency": "USD"}).currency == "usd"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.checkout.sessions.create({**asked, "currency": currency})
    assert says in str(refusal.value)


def test_several_lines_are_listed_in_pages(shop, sdk):
    prices = [{**PRICE, "unit_amount": 100 * n} for n in (1, 2, 3)]
    session = shop.open(line_items=items(*prices))
    first = sdk.v1.checkout.sessions.line_items.list(session.id, {"limit": 2})
    assert [line.amount_total for line in first.data] == [100, 200]
    assert first.has_more
    after = {"starting_after": first.data[-1].id}
    rest = sdk.v1.checkout.sessions.line_items.list(session.id, after)
    assert [line.amount_total for line in rest.data] == [300]
    assert not rest.has_more


def test_a_line_keeps_its_metadata(shop, sdk):
    session = shop.open(line_items=[{"quantity": 1, "price_data": PRICE, "metadata": {"a": "1"}}])
    [line] = sdk.v1.checkout.sessions.line_items.list(session.id).data
    assert line.metadata.to_dict() == {"a": "1"}
