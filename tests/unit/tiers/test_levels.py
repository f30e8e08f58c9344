"""Which tier an amount reaches, to the cent."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests_support.tiers import make_tier, reader_and_friend, set_price

from donations.kernel.cadence import Frequency
from donations.kernel.money import Money
from donations.tiers.editing import move_tier
from donations.tiers.levels import level_for, offered, version
from donations.tiers.states import TierState


def reached(session, minor, frequency="monthly", currency="usd"):
    found = level_for(session, Money(minor, currency), Frequency(frequency))
    return None if found is None else found.code


@pytest.mark.parametrize(
    ("minor", "frequency", "code"),
    [
        (499, "monthly", None),
        (500, "monthly", "reader"),
        (501, "monthly", "reader"),
        (1499, "monthly", "reader"),
        (1500, "monthly", "friend"),
        (100_000, "monthly", "friend"),
        (4999, "annual", None),
        (5000, "annual", "reader"),
        (15_000, "annual", "friend"),
        (100_000, "once", None),
    ],
)
def test_an_amount_reaches_the_highest_tier_whose_price_it_covers(session, minor, frequency, code):
    reader_and_friend(session)
    assert reached(session, minor, frequency) == code


def test_a_price_counts_in_its_own_currency_alone(session):
    reader_and_friend(session)
    assert reached(session, 1500, currency="eur") is None


@pytest.mark.parametrize("state", ["draft", "retired"])
def test_a_tier_that_is_not_offered_is_reached_by_nobody(session, state):
    make_tier(session, offer=state == "retired")
    if state == "retired":
        move_tier(session, "reader", TierState.RETIRED)
    assert reached(session, 5000) is None
    assert offered(session) == []


def test_everything_that_changes_a_tier_changes_the_version(session):
    seen = [version(session)]
    make_tier(session, offer=False)
    seen.append(version(session))
    move_tier(session, "reader", TierState.OFFERED)
    seen.append(version(session))
    set_price(session, "reader", "monthly", 600)
    seen.append(version(session))
    assert seen == sorted(set(seen))


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(minor=st.integers(1, 5000))
def test_more_money_never_reaches_a_lower_tier(session, minor):
    if not offered(session):
        reader_and_friend(session)
    order = [None, "reader", "friend"]
    here, above = (order.index(reached(session, each)) for each in (minor, minor + 1))
    assert here <= above
