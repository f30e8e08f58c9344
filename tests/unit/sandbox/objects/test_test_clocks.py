from __future__ import annotations

from datetime import UTC, datetime

import pytest
import stripe

JANUARY = int(datetime(2027, 1, 31, 12, tzinfo=UTC).timestamp())


def on(*day):
    return int(datetime(*day, 12, tzinfo=UTC).timestamp())


@pytest.fixture
def test_clock(sdk):
    return sdk.v1.test_helpers.test_clocks.create({"frozen_time": JANUARY, "name": "January"})


@pytest.fixture
def member(sdk, shop, sandbox, test_clock):
    """A subscription whose customer lives by the test clock."""
    customer = sdk.v1.customers.create({"email": "v@example.org", "test_clock": test_clock.id})
    return shop.join(customer=customer.id)


def advance(sdk, test_clock, moment):
    moving = sdk.v1.test_helpers.test_clocks.advance(test_clock.id, {"frozen_time": moment})
    assert moving.status == "advancing"
    assert moving.frozen_time == test_clock.frozen_time
    return sdk.v1.test_helpers.test_clocks.retrieve(test_clock.id)


def test_everything_of_its_customer_happens_at_the_frozen_moment(sdk, member, test_clock):
    assert member.created == JANUARY
    assert member.test_clock == test_clock.id
    assert member["items"].data[0].current_period_end == on(2027, 2, 28)
    [invoice] = sdk.v1.invoices.list({"customer": member.customer}).data
    assert invoice.created == JANUARY


def test_an_advance_renews_at_true_month_ends_and_then_is_ready(sdk, member, test_clock):
    ready = advance(sdk, test_clock, on(2027, 3, 31))
    assert (ready.status, ready.frozen_time) == ("ready", on(2027, 3, 31))
    invoices = sdk.v1.invoices.list({"subscription": member.id}).data
    assert [each.created for each in invoices] == [on(2027, 3, 31), on(2027, 2, 28), JANUARY]


def test_the_sandboxes_own_time_leaves_it_alone(sdk, sandbox, member):
    sandbox.control("advance", {"months": 6})
    assert len(sdk.v1.invoices.list({"subscription": member.id}).data) == 1


def test_its_time_leaves_everybody_else_alone(sdk, shop, sandbox, member, test_clock):
    other = shop.join()
    before = sandbox.control("state")["now"]
    advance(sdk, test_clock, on(2027, 3, 31))
    assert len(sdk.v1.invoices.list({"subscription": other.id}).data) == 1
    assert sandbox.control("state")["now"] - before < 60


@pytest.mark.parametrize(
    "moment", [JANUARY, JANUARY - 1, on(2027, 4, 1)], ids=["now", "past", "three months"]
)
def test_a_stride_is_forward_and_two_intervals_at_most(sdk, member, test_clock, moment):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sdk.v1.test_helpers.test_clocks.advance(test_clock.id, {"frozen_time": moment})
    assert refused.value.param == "frozen_time"


def test_without_a_subscription_two_years_can_be_crossed(sdk, test_clock):
    assert advance(sdk, test_clock, on(2029, 1, 31)).frozen_time == on(2029, 1, 31)


def test_a_clock_tells_of_its_life(sdk, shop, member, test_clock):
    advance(sdk, test_clock, on(2027, 2, 1))
    sdk.v1.test_helpers.test_clocks.delete(test_clock.id)
    told = [name for name in shop.happened() if name.startswith("test_helpers")]
    assert told == [
        "test_helpers.test_clock.created",
        "test_helpers.test_clock.advancing",
        "test_helpers.test_clock.ready",
        "test_helpers.test_clock.deleted",
    ]


def test_deleting_it_takes_its_customers_and_ends_their_subscriptions(sdk, member, test_clock):
    gone = sdk.v1.test_helpers.test_clocks.delete(test_clock.id)
    assert gone.deleted
    assert sdk.v1.subscriptions.retrieve(member.id).status == "canceled"
    assert sdk.v1.customers.retrieve(member.customer).deleted
    with pytest.raises(stripe.InvalidRequestError):
        sdk.v1.test_helpers.test_clocks.retrieve(test_clock.id)


def test_an_existing_customer_is_attached_with_all_that_is_theirs(sdk, shop, sandbox):
    member = shop.join(interval="week")
    ends = member["items"].data[0].current_period_end
    made = sdk.v1.test_helpers.test_clocks.create(
        {"frozen_time": member.created, "customer": member.customer}
    )
    assert sdk.v1.customers.retrieve(member.customer).test_clock == made.id
    assert sdk.v1.subscriptions.retrieve(member.id).test_clock == made.id
    sandbox.control("advance", {"days": 10})
    assert len(shop.invoices(member)) == 1
    advance(sdk, made, ends)
    assert [each.created for each in shop.invoices(member)] == [ends, member.created]


def test_a_customer_belongs_to_one_clock_only(sdk, member):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sdk.v1.test_helpers.test_clocks.create(
            {"frozen_time": JANUARY, "customer": member.customer}
        )
    assert refused.value.param == "customer"


def test_it_keeps_few_customers_only(sdk, test_clock):
    for _ in range(3):
        sdk.v1.customers.create({"test_clock": test_clock.id})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sdk.v1.customers.create({"test_clock": test_clock.id})
    assert refused.value.param == "test_clock"


def test_clocks_are_listed(sdk, test_clock):
    assert [each.id for each in sdk.v1.test_helpers.test_clocks.list().data] == [test_clock.id]
