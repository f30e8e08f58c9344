from __future__ import annotations

import pytest
import stripe

pytestmark = pytest.mark.usefixtures("clean")


@pytest.fixture
def begun(members):
    return members.begin()


def add(members, sdk, begun, amount=500, **more):
    price = members.price(amount)
    return sdk.v1.subscription_items.create(
        {"subscription": begun.id, "price_data": price, "proration_behavior": "none", **more}
    )


def test_an_item_is_added_and_billed_with_the_others(members, sdk, begun):
    item = add(members, sdk, begun, quantity=2, metadata={"a": "1"})
    assert (item.quantity, item.metadata.a) == (2, "1")
    assert item.current_period_end == begun["items"].data[0].current_period_end
    listed = sdk.v1.subscription_items.list({"subscription": begun.id}).data
    assert [each.id for each in listed] == [item.id, begun["items"].data[0].id]
    members.advance(until_next_renewal=True)
    latest = members.invoices(begun)[0]
    assert (latest.amount_paid, len(latest.lines.data)) == (2500, 2)


def test_an_item_is_changed_by_itself(members, sdk, begun):
    [first] = begun["items"].data
    changed = sdk.v1.subscription_items.update(
        first.id, {"quantity": 3, "proration_behavior": "none", "metadata": {"b": "2"}}
    )
    assert (changed.quantity, changed.price.unit_amount) == (3, 1500)
    assert sdk.v1.subscription_items.retrieve(first.id).metadata.b == "2"
    members.advance(until_next_renewal=True)
    assert members.invoices(begun)[0].amount_paid == 4500


def test_another_price_begins_with_a_quantity_of_one(members, sdk, begun):
    [first] = begun["items"].data
    sdk.v1.subscription_items.update(first.id, {"quantity": 3})
    price = members.price(900)
    changed = sdk.v1.subscription_items.update(first.id, {"price_data": price})
    assert changed.quantity == 1


def test_an_item_is_taken_away_but_never_the_last(members, sdk, begun):
    second = add(members, sdk, begun)
    assert sdk.v1.subscription_items.delete(second.id).deleted is True
    assert len(members.again(begun)["items"].data) == 1
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.subscription_items.retrieve(second.id)
    assert refusal.value.http_status == 404
    with pytest.raises(stripe.InvalidRequestError, match="at least one"):
        sdk.v1.subscription_items.delete(begun["items"].data[0].id)


def test_several_items_can_be_there_from_the_start(members, sdk):
    owner = members.customer()
    begun = sdk.v1.subscriptions.create(
        {
            "customer": owner.id,
            "items": [{"price_data": members.price(1000)}, {"price_data": members.price(200)}],
            "off_session": True,
        }
    )
    assert members.invoices(begun)[0].amount_paid == 1200
    found = sdk.v1.subscriptions.list({"price": begun["items"].data[1].price.id}).data
    assert [each.id for each in found] == [begun.id]


@pytest.mark.parametrize(
    ("interval", "currency", "says"),
    [("year", "usd", "one billing interval"), ("month", "eur", "only supports")],
)
def test_an_item_must_suit_the_others(members, sdk, begun, interval, currency, says):
    price = members.price(500, interval=interval, currency=currency)
    with pytest.raises(stripe.InvalidRequestError, match=says):
        sdk.v1.subscription_items.create({"subscription": begun.id, "price_data": price})


def test_an_item_of_another_subscription_is_not_this_ones(members, sdk, begun):
    other = members.begin()["items"].data[0]
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.subscriptions.update(begun.id, {"items": [{"id": other.id, "quantity": 2}]})
    assert refusal.value.param == "items[0][id]"


def test_an_inactive_price_is_refused_by_name(members, sdk, begun):
    price = sdk.v1.prices.create(members.price(700))
    sdk.v1.prices.update(price.id, {"active": False})
    with pytest.raises(stripe.InvalidRequestError, match="inactive"):
        sdk.v1.subscription_items.create({"subscription": begun.id, "price": price.id})
