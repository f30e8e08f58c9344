from __future__ import annotations

import pytest
import stripe

DAY = 86_400

pytestmark = pytest.mark.usefixtures("clean")


def test_a_trial_costs_nothing_is_announced_three_days_ahead_and_then_is_paid(shop, members):
    begun = members.begin(trial_period_days=14)
    end = members.now() + 14 * DAY
    assert (begun.status, begun.trial_end, begun.billing_cycle_anchor) == ("trialing", end, end)
    [free] = members.invoices(begun)
    assert (free.status, free.total, free.attempt_count) == ("paid", 0, 0)
    assert free.lines.data[0].description == "Trial period for Membership"
    assert "customer.subscription.trial_will_end" not in shop.happened()
    members.advance(to=end - 3 * DAY)
    assert shop.happened().count("customer.subscription.trial_will_end") == 1
    members.advance(to=end)
    assert members.again(begun).status == "active"
    assert [each.amount_paid for each in members.invoices(begun)] == [1500, 0]


def test_a_trial_shorter_than_three_days_is_announced_at_once(shop, members):
    members.begin(trial_end=members.now() + 2 * DAY)
    assert shop.happened().count("customer.subscription.trial_will_end") == 1


@pytest.mark.parametrize(
    ("then", "status"),
    [("cancel", "canceled"), ("pause", "paused"), ("create_invoice", "past_due")],
)
def test_a_trial_that_ends_without_a_method_does_as_it_was_told(members, then, status):
    settings = {"end_behavior": {"missing_payment_method": then}}
    begun = members.begin(card=None, trial_period_days=7, trial_settings=settings)
    members.advance(days=8)
    ended = members.again(begun)
    assert ended.status == status
    if then == "pause":
        why = ended.status_details.paused.subscription.type
        assert why == "trial_end_without_payment_method"


def test_a_trial_can_be_ended_now_and_is_then_billed(members, sdk):
    begun = members.begin(trial_period_days=30)
    ended = sdk.v1.subscriptions.update(begun.id, {"trial_end": "now"})
    assert (ended.status, ended.billing_cycle_anchor) == ("active", members.now())
    assert members.invoices(begun)[0].amount_paid == 1500


def test_a_trial_can_be_lengthened(members, sdk):
    begun = members.begin(trial_period_days=5)
    later = members.now() + 20 * DAY
    longer = sdk.v1.subscriptions.update(begun.id, {"trial_end": later})
    assert (longer.status, longer.trial_end) == ("trialing", later)
    members.advance(days=10)
    assert members.again(begun).status == "trialing"
    members.advance(days=11)
    assert members.again(begun).status == "active"
    assert len(members.invoices(begun)) == 2


@pytest.mark.parametrize("wrong", [{"trial_period_days": 0}, {"trial_period_days": 731}])
def test_a_trial_of_no_length_or_of_years_is_refused(members, wrong):
    with pytest.raises(stripe.InvalidRequestError):
        members.begin(**wrong)


def test_a_running_subscription_moves_its_date_by_a_trial_and_an_ended_one_begins_none(
    members, sdk
):
    begun = members.begin()
    moved = sdk.v1.subscriptions.update(begun.id, {"trial_end": members.now() + DAY})
    assert moved.status == "trialing"
    assert moved["items"].data[0].current_period_end == members.now() + DAY
    sdk.v1.subscriptions.cancel(begun.id)
    with pytest.raises(stripe.InvalidRequestError):
        sdk.v1.subscriptions.update(begun.id, {"trial_end": members.now() + DAY})
