from datetime import timedelta

import pytest
from sqlalchemy import select
from tests_support.tiers import reader_and_friend

from donations.entitlements.granting import grant
from donations.entitlements.states import Origin
from donations.giving.models import Dispute, Refund
from donations.passes.entitled import Level, standing
from donations.tiers.models import Tier


def test_whoever_has_a_living_membership_is_a_member_until_it_is_due(session, member, clock):
    membership = member()
    found = standing(session, membership.supporter_id, clock.now())
    assert found.level is Level.MEMBER
    assert (found.since, found.until) == (
        membership.started_at.date(),
        membership.renews_at.date(),
    )


def test_one_whose_payment_is_late_is_a_member_still(session, member, clock):
    membership = member(status="past_due")
    assert standing(session, membership.supporter_id, clock.now()).level is Level.MEMBER


def test_one_that_ends_with_its_period_says_when(session, member, clock):
    end = clock.now() + timedelta(days=9)
    membership = member(ends_with_period=True, ends_at=end)
    assert standing(session, membership.supporter_id, clock.now()).until == end.date()


@pytest.mark.parametrize("status", ["canceled", "incomplete", "incomplete_expired"])
def test_one_that_is_over_or_never_began_counts_for_nothing(session, member, clock, status):
    membership = member(status=status, ended_at=clock.now())
    assert standing(session, membership.supporter_id, clock.now()) is None


def test_a_paused_membership_counts_for_nothing_by_itself(session, member, clock):
    membership = member(collection_paused=True)
    assert standing(session, membership.supporter_id, clock.now()) is None


def test_a_gift_counts_for_a_year(session, giver, clock):
    gift = giver(days_ago=364)
    found = standing(session, gift.supporter_id, clock.now())
    assert (found.level, found.until) == (
        Level.SUPPORTER,
        (clock.now() + timedelta(days=1)).date(),
    )
    later = clock.now() + timedelta(days=2)
    assert standing(session, gift.supporter_id, later) is None


@pytest.mark.parametrize(
    ("amount", "state", "counts"),
    [
        (1500, "succeeded", False),
        (1500, "pending", False),
        (1500, "failed", True),
        (700, "succeeded", True),
    ],
)
def test_a_gift_that_went_back_whole_does_not_count(session, giver, clock, amount, state, counts):
    gift = giver()
    session.add(
        Refund(
            gift_id=gift.id,
            amount_minor=amount,
            currency="usd",
            refund_sealed=b"x",
            refund_index=b"r" * 32,
            state=state,
            created_at=clock.now(),
            synced_at=clock.now(),
        )
    )
    session.commit()
    assert (standing(session, gift.supporter_id, clock.now()) is not None) is counts


@pytest.mark.parametrize(("state", "counts"), [("lost", False), ("needs_response", True)])
def test_a_gift_a_bank_took_back_for_good_does_not_count(session, giver, clock, state, counts):
    gift = giver()
    session.add(
        Dispute(
            gift_id=gift.id,
            amount_minor=1500,
            currency="usd",
            dispute_sealed=b"x",
            dispute_index=b"d" * 32,
            state=state,
            reason="fraudulent",
            created_at=clock.now(),
            synced_at=clock.now(),
        )
    )
    session.commit()
    assert (standing(session, gift.supporter_id, clock.now()) is not None) is counts


def test_whoever_was_given_a_tier_is_a_member_as_long_as_it_lasts(session, giver, clock):
    reader_and_friend(session)
    gift = giver(days_ago=400)
    tier = session.scalars(select(Tier).order_by(Tier.position)).first()
    end = clock.now() + timedelta(days=30)
    grant(
        session,
        tier_id=tier.id,
        supporter_id=gift.supporter_id,
        origin=Origin.COMP,
        origin_id=1,
        now=clock.now(),
        ends_at=end,
    )
    session.commit()
    found = standing(session, gift.supporter_id, clock.now())
    assert (found.level, found.until) == (Level.MEMBER, end.date())
    assert standing(session, gift.supporter_id, end) is None
