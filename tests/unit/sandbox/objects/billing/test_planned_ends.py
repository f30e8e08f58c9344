from __future__ import annotations

import pytest
import stripe

DAY = 86_400

pytestmark = pytest.mark.usefixtures("clean")


def test_an_end_at_a_time_within_the_period_comes_then(members, sdk):
    begun = members.begin()
    at = members.now() + 10 * DAY
    given = {"cancel_at": at, "proration_behavior": "none"}
    planned = sdk.v1.subscriptions.update(begun.id, given)
    assert (planned.cancel_at, planned.cancel_at_period_end) == (at, False)
    members.advance(to=at - 1)
    assert members.again(begun).status == "active"
    members.advance(to=at)
    ended = members.again(begun)
    assert (ended.status, ended.ended_at) == ("canceled", at)


def test_credit_for_an_end_within_the_period_is_refused_not_forgotten(members, sdk):
    begun = members.begin()
    with pytest.raises(stripe.InvalidRequestError, match="proration_behavior=none"):
        sdk.v1.subscriptions.update(begun.id, {"cancel_at": members.now() + DAY})


def test_an_end_in_a_later_period_shortens_it_and_what_it_costs(members, sdk):
    members.go_to("2031-01-01T12:00:00")
    begun = members.begin(3100)
    members.go_to("2031-01-05T12:00:00")
    at = members.now() + 54 * DAY  # 28 February, 27 of 28 days
    sdk.v1.subscriptions.update(begun.id, {"cancel_at": at})
    members.advance(until_next_renewal=True)
    latest = members.invoices(begun)[0]
    assert latest.amount_paid == round(3100 * 27 / 28)
    members.advance(to=at)
    assert members.again(begun).status == "canceled"
    assert len(members.invoices(begun)) == 2


@pytest.mark.parametrize("named", ["min_period_end", "max_period_end"])
def test_an_end_may_be_named_after_the_period(members, sdk, named):
    begun = members.begin()
    planned = sdk.v1.subscriptions.update(begun.id, {"cancel_at": named})
    assert planned.cancel_at == begun["items"].data[0].current_period_end
    members.advance(until_next_renewal=True)
    assert members.again(begun).status == "canceled"


def test_an_end_at_a_time_can_be_taken_back(members, sdk):
    begun = members.begin()
    given = {"cancel_at": members.now() + 10 * DAY, "proration_behavior": "none"}
    sdk.v1.subscriptions.update(begun.id, given)
    back = sdk.v1.subscriptions.update(begun.id, {"cancel_at": ""})
    assert (back.cancel_at, back.canceled_at, back.cancellation_details.reason) == (None,) * 3
    members.advance(days=20)
    assert members.again(begun).status == "active"


@pytest.mark.parametrize("wrong", [{"cancel_at": 1_700_000_000}, {"cancel_at_period_end": True}])
def test_an_end_in_the_past_or_two_ends_are_refused(members, sdk, wrong):
    begun = members.begin()
    given = {"cancel_at": "max_period_end"} | wrong
    with pytest.raises(stripe.InvalidRequestError):
        sdk.v1.subscriptions.update(begun.id, given)


def test_an_end_can_be_planned_from_the_start(members):
    begun = members.begin(cancel_at_period_end=True)
    assert begun.cancel_at == begun["items"].data[0].current_period_end
    members.advance(months=2)
    assert members.again(begun).status == "canceled"
    assert len(members.invoices(begun)) == 1


def test_an_update_says_what_a_planned_end_changed(members, sdk):
    begun = members.begin()
    sdk.v1.subscriptions.update(
        begun.id,
        {"cancel_at_period_end": True, "cancellation_details": {"feedback": "too_expensive"}},
    )
    event = sdk.v1.events.list({"type": "customer.subscription.updated"}).data[0]
    before = event.data.previous_attributes.to_dict()
    assert before == {"cancel_at": None, "cancel_at_period_end": False, "canceled_at": None}
    details = event.data.object.cancellation_details
    assert (details.reason, details.feedback) == ("cancellation_requested", "too_expensive")
