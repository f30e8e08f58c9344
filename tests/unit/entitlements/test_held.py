"""Of everything somebody has, the highest tier is told, and until when."""

from datetime import timedelta

import pytest
from tests_support.tiers import AT, Member

from donations.entitlements.granting import grant
from donations.entitlements.held import standing
from donations.entitlements.personal import forget_entitlements, told_of_entitlements
from donations.entitlements.states import Origin

DAY = timedelta(days=1)


@pytest.fixture
def somebody(session, master):
    return Member(session, master, minor=200).row.supporter_id


@pytest.fixture
def give(session, tiers, somebody):
    def one(tier, origin=Origin.COMP, number=1, **more):
        row = grant(
            session,
            tier_id=tiers[tier],
            supporter_id=somebody,
            origin=origin,
            origin_id=number,
            now=AT,
            **more,
        )
        session.commit()
        return row

    return one


def test_who_has_nothing_has_nothing(session, tiers, somebody):
    assert standing(session, somebody, AT) is None


def test_the_highest_is_told_and_of_the_same_the_one_that_lasts_longest(session, give, somebody):
    give("reader", Origin.MEMBERSHIP)
    give("friend", number=1, ends_at=AT + DAY)
    give("friend", Origin.GIFT, number=1, ends_at=AT + 2 * DAY)
    told = standing(session, somebody, AT, "ru")
    assert (told.code, told.origin, told.until) == ("friend", "gift", AT + 2 * DAY)
    assert told.name == "Friend"  # there are no words in Russian
    assert standing(session, somebody, AT + 2 * DAY).code == "reader"


def test_what_is_held_is_told_to_whoever_asks_for_their_data_and_ends_when_they_are_forgotten(
    session, give, somebody
):
    give("friend")
    told = told_of_entitlements(session, somebody, [])
    assert told["tiers"][0]["tier"] == "friend"
    assert told["given_by_staff"] == []
    forget_entitlements(session, somebody, [b"i" * 32], now=AT)
    session.commit()
    assert standing(session, somebody, AT) is None
