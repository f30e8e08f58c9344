from __future__ import annotations

import pytest

from donations.sandbox.objects.portal import portal_changes, portal_configurations
from donations.sandbox.refusals import Refusal

DAY = 86_400
MONTH = {"type": "interval_options", "interval_options": [{"interval": "month"}]}


@pytest.fixture
def member(shop):
    return shop.join()


@pytest.fixture
def world(sandbox):
    return sandbox.world


@pytest.fixture
def subscription(world, member):
    return world.store.get("subscription", member.id)


@pytest.fixture
def customer(world, member):
    return world.store.get("customer", member.customer)


def configured(world, **features):
    return portal_configurations.create(world, {"features": features})


def test_cancelling_sets_cancel_at_and_not_cancel_at_period_end(world, subscription, shop):
    """What Stripe's portal does to a flexible subscription: look at one field and you miss it."""
    house = configured(world, subscription_cancel={"enabled": True})
    portal_changes.cancel(world, subscription, house, {"feedback": "unused", "comment": "Adieu"})
    end = subscription["items"]["data"][0]["current_period_end"]
    assert (subscription["cancel_at"], subscription["cancel_at_period_end"]) == (end, False)
    assert subscription["status"] == "active"
    details = subscription["cancellation_details"]
    assert (details["reason"], details["feedback"], details["comment"]) == (
        "cancellation_requested",
        "unused",
        "Adieu",
    )
    event = next(world.store.all("event"))
    assert event["type"] == "customer.subscription.updated"
    assert event["data"]["previous_attributes"]["cancel_at"] is None
    shop.advance(days=32)
    assert subscription["status"] == "canceled"
    assert shop.happened()[-1] == "customer.subscription.deleted"


def test_what_was_cancelled_can_be_kept_and_renews(world, subscription, shop):
    house = configured(world, subscription_cancel={"enabled": True})
    portal_changes.cancel(world, subscription, house, {})
    with pytest.raises(Refusal, match="already set"):
        portal_changes.cancel(world, subscription, house, {})
    portal_changes.keep(world, subscription)
    assert (subscription["cancel_at"], subscription["canceled_at"]) == (None, None)
    shop.advance(days=32)
    assert subscription["status"] == "active"


def test_a_cancellation_by_the_api_can_be_kept_as_well(world, subscription, sdk, member):
    sdk.v1.subscriptions.update(member.id, {"cancel_at_period_end": True})
    portal_changes.keep(world, subscription)
    assert (subscription["cancel_at"], subscription["cancel_at_period_end"]) == (None, False)


def test_cancelling_at_once_ends_it_now(world, subscription, shop):
    house = configured(world, subscription_cancel={"enabled": True, "mode": "immediately"})
    portal_changes.cancel(world, subscription, house, {"feedback": "other"})
    assert subscription["status"] == "canceled"
    assert subscription["cancellation_details"]["reason"] == "cancellation_requested"
    assert shop.happened()[-1] == "customer.subscription.deleted"


def test_a_pause_ends_by_itself_after_the_interval_chosen(world, subscription, shop):
    house = configured(world, subscription_pause={"enabled": True, "duration": MONTH})
    portal_changes.pause(world, subscription, house, 0)
    assert subscription["status"] == "paused"
    assert "customer.subscription.paused" in shop.happened()
    shop.advance(days=25)
    assert subscription["status"] == "paused"
    shop.advance(days=8)
    assert subscription["status"] == "active"
    assert "customer.subscription.resumed" in shop.happened()


def test_an_indefinite_pause_waits_for_its_reader(world, subscription, shop):
    endless = {"enabled": True, "duration": {"type": "indefinite"}}
    house = configured(world, subscription_pause=endless)
    portal_changes.pause(world, subscription, house, 0)
    shop.advance(days=400)
    assert subscription["status"] == "paused"
    portal_changes.resume(world, subscription)
    assert subscription["status"] == "active"


def test_a_resumption_that_cannot_be_paid_waits_for_its_invoice(world, subscription, shop, sdk):
    endless = {"enabled": True, "duration": {"type": "indefinite"}}
    house = configured(world, subscription_pause=endless)
    shop.advance(days=20)
    portal_changes.pause(world, subscription, house, 0)
    shop.advance(days=40)
    failing = sdk.v1.payment_methods.attach(
        "pm_card_chargeCustomerFail", {"customer": subscription["customer"]}
    )
    subscription["default_payment_method"] = failing.id
    portal_changes.resume(world, subscription)
    assert portal_changes.is_resuming(subscription)
    sdk.v1.invoices.pay(subscription["latest_invoice"], {"payment_method": "pm_card_visa"})
    assert subscription["status"] == "active"
    assert not portal_changes.is_resuming(subscription)


def test_a_pause_ended_and_begun_again_is_not_ended_by_the_first_ones_date(
    world, subscription, shop
):
    house = configured(world, subscription_pause={"enabled": True, "duration": MONTH})
    portal_changes.pause(world, subscription, house, 0)
    shop.advance(days=10)
    portal_changes.resume(world, subscription)
    portal_changes.pause(world, subscription, house, 0)
    shop.advance(days=22)
    assert subscription["status"] == "paused"
    shop.advance(days=12)
    assert subscription["status"] == "active"


def test_a_method_may_be_removed_only_when_nothing_is_paid_with_it(
    world, subscription, customer, sdk
):
    method = world.store.get("payment_method", subscription["default_payment_method"])
    assert portal_changes.is_needed(world, customer, method)
    with pytest.raises(Refusal, match="choose another"):
        portal_changes.remove_method(world, customer, method)
    sdk.v1.subscriptions.cancel(subscription["id"])
    portal_changes.make_default(world, customer, method)
    portal_changes.remove_method(world, customer, method)
    assert customer["invoice_settings"]["default_payment_method"] is None
    assert method["customer"] is None


def test_the_default_pays_what_has_no_method_of_its_own(world, subscription, customer):
    method = world.store.get("payment_method", subscription["default_payment_method"])
    portal_changes.make_default(world, customer, method)
    subscription["default_payment_method"] = None
    assert portal_changes.is_needed(world, customer, method)
