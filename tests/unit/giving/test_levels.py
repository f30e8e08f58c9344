"""The tier of a membership, settled when it begins or changes, and the tier of each payment."""

from datetime import timedelta

import pytest
from tests_support.tiers import Member, make_promo, make_tier, reader_and_friend, set_price

from donations.tiers.editing import move_tier
from donations.tiers.states import TierState

MONTH = timedelta(days=30)


@pytest.fixture
def tiers(session):
    reader, friend = reader_and_friend(session)
    return {reader.id: "reader", friend.id: "friend", None: None}


@pytest.fixture
def join(session, master):
    def one(minor=500, **more):
        return Member(session, master, minor=minor, **more)

    return one


def test_a_membership_begins_in_the_tier_its_amount_reaches(join, tiers):
    names = [
        tiers[join(minor, name=f"member{minor}").row.tier_id] for minor in (499, 500, 1499, 1500)
    ]
    assert names == [None, "reader", "reader", "friend"]


def test_an_upgrade_and_a_downgrade_are_changes_of_the_amount(join, tiers):
    member = join(500)
    seen = [tiers[member.told(minor=minor).tier_id] for minor in (1600, 500, 499)]
    assert seen == ["friend", "reader", None]


def test_another_rhythm_or_currency_settles_the_tier_anew(join, tiers):
    member = join(1500)
    yearly = member.told(minor=6000, frequency=type(member.stripe.frequency)("annual"))
    assert tiers[yearly.tier_id] == "reader"
    assert member.told(minor=6000, currency="eur").tier_id is None


def test_who_has_a_tier_keeps_it_when_its_price_rises(session, join, tiers):
    member = join(500)
    set_price(session, "reader", "monthly", 700)
    assert tiers[member.told().tier_id] == "reader"
    assert tiers[join(500, name="newcomer").row.tier_id] is None


def test_nobody_loses_a_tier_by_giving_more(session, join, tiers):
    member = join(500)
    set_price(session, "reader", "monthly", 700)
    assert tiers[member.told(minor=600).tier_id] == "reader"
    assert tiers[member.told(minor=550).tier_id] is None  # less than before, and below the price


def test_the_same_money_in_another_rhythm_keeps_the_tier(session, join, tiers):
    member = join(500)
    set_price(session, "reader", "annual", 9000)
    kept = member.told(minor=6000, frequency=type(member.stripe.frequency)("annual"))
    assert tiers[kept.tier_id] == "reader"


def test_a_retired_tier_stays_with_its_members_and_is_given_to_nobody_else(session, join, tiers):
    member = join(500)
    move_tier(session, "reader", TierState.RETIRED)
    assert tiers[member.told(minor=501).tier_id] == "reader"
    assert join(500, name="newcomer").row.tier_id is None


def test_a_price_that_falls_gives_nobody_a_tier_unasked(session, join, tiers):
    member = join(1400)
    set_price(session, "friend", "monthly", 1000)
    assert tiers[member.told().tier_id] == "reader"
    assert tiers[member.told(minor=1401).tier_id] == "friend"


def test_a_payment_is_for_the_tier_of_its_day_whatever_comes_after(join, tiers):
    member = join(500)
    first = member.pays()
    member.told(minor=1500)
    second = member.pays(later=MONTH)
    assert [tiers[one.tier_id] for one in (first, second)] == ["reader", "friend"]


def test_a_payment_told_late_is_for_the_tier_it_was_asked_for(session, join, tiers):
    member = join(500)
    member.pays()
    set_price(session, "reader", "monthly", 700)
    member.told(minor=1500)
    assert tiers[member.pays(minor=500).tier_id] == "reader"  # as the payment before it
    assert tiers[member.pays(minor=700).tier_id] == "reader"  # by what it reaches
    assert member.pays(minor=699).tier_id is None


def test_a_promo_lends_its_tier_for_the_lower_amount_and_gives_it_for_the_higher(
    session, join, tiers
):
    friend = next(number for number, code in tiers.items() if code == "friend")
    make_promo(session, tier_id=friend)
    member = join(500, promo="spring")
    assert tiers[member.row.tier_id] == "friend"
    set_price(session, "friend", "monthly", 2000)
    assert tiers[member.told(minor=1500).tier_id] == "friend"


def test_what_a_promo_only_lent_is_not_kept_by_a_little_more(session, join, tiers):
    friend = next(number for number, code in tiers.items() if code == "friend")
    make_promo(session, tier_id=friend)
    member = join(500, promo="spring")
    assert tiers[member.told(minor=600).tier_id] == "reader"


def test_a_promo_without_a_tier_gives_that_of_what_is_paid(session, join, tiers):
    make_promo(session)
    member = join(500, promo="spring")
    assert tiers[member.row.tier_id] == "reader"


def test_where_there_is_no_tier_nothing_has_one(session, join):
    make_tier(session, offer=False)
    member = join(5000)
    assert (member.row.tier_id, member.pays().tier_id) == (None, None)
