from __future__ import annotations

import pytest
import stripe


@pytest.fixture
def people(sdk):
    return [sdk.v1.customers.create({"name": f"n{n}"}).id for n in range(7)]


def ids(page):
    return [each.id for each in page.data]


def test_the_newest_come_first_ten_to_a_page(sdk, people):
    more = [sdk.v1.customers.create({}).id for _ in range(5)]
    page = sdk.v1.customers.list()
    assert ids(page) == [*reversed(more), *reversed(people)][:10]
    assert page.has_more is True


def test_the_sdk_pages_through_everything(sdk, people):
    pages = sdk.v1.customers.list({"limit": 3}).auto_paging_iter()
    assert [each.id for each in pages] == list(reversed(people))


def test_pages_go_backwards_too(sdk, people):
    page = sdk.v1.customers.list({"ending_before": people[0], "limit": 2})
    assert ids(page) == [people[2], people[1]]
    assert page.has_more is True


@pytest.mark.parametrize("limit", [0, 101])
def test_a_page_holds_one_to_a_hundred(sdk, limit):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.customers.list({"limit": limit})
    assert refusal.value.param == "limit"


def test_created_bounds_a_list(shop, sdk, sandbox):
    shop.give()
    between = sandbox.world.clock.now() + 1000
    shop.advance(days=1)
    second = shop.charge(shop.give())
    assert ids(sdk.v1.charges.list({"created": {"gt": between}})) == [second.id]
    assert len(sdk.v1.charges.list({"created": {"lte": between}}).data) == 1
    assert ids(sdk.v1.charges.list({"created": second.created})) == [second.id]


def test_a_field_filters_by_its_name(shop, sdk):
    joined = shop.join()
    shop.join()
    for service in (sdk.v1.payment_intents, sdk.v1.charges, sdk.v1.subscriptions):
        assert len(service.list({"customer": joined.customer}).data) == 1


def test_canceled_subscriptions_are_listed_only_when_asked_for(shop, sdk):
    joined = shop.join()
    sdk.v1.subscriptions.cancel(joined.id)
    assert sdk.v1.subscriptions.list().data == []
    for status in ("all", "canceled", "ended"):
        assert ids(sdk.v1.subscriptions.list({"status": status})) == [joined.id]


def test_events_are_found_by_type_and_by_pattern(shop, sdk):
    shop.give()
    assert len(sdk.v1.events.list({"type": "payment_intent.*"}).data) == 2
    assert len(sdk.v1.events.list({"types": ["charge.succeeded", "charge.updated"]}).data) == 2
    with pytest.raises(stripe.InvalidRequestError):
        sdk.v1.events.list({"types": [f"a.{n}" for n in range(21)]})
