"""The hour's work: what ends, begins, rests and was missed, found once and left alone after."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from tests_support.tiers import AT, Member

from donations.entitlements.comps import grant_comp
from donations.entitlements.granting import grant
from donations.entitlements.keeping_up import keep_up
from donations.entitlements.models import Entitlement
from donations.entitlements.states import Origin
from donations.giving.models import Membership

DAY = timedelta(days=1)


@pytest.fixture
def states(session):
    def after(now=AT):
        keep_up(session, {}, now)
        session.commit()
        keep_up(session, {}, now)
        session.commit()
        rows = session.scalars(select(Entitlement).order_by(Entitlement.id)).all()
        return [(row.state, row.ended_because) for row in rows]

    return after


def give(session, tier_id, supporter_id, origin_id=1, **more):
    row = grant(
        session,
        tier_id=tier_id,
        supporter_id=supporter_id,
        origin=Origin.GIFT,
        origin_id=origin_id,
        now=AT,
        **more,
    )
    session.commit()
    return row


def test_what_has_a_last_moment_ends_in_it_and_not_before(session, tiers, states):
    give(session, tiers["reader"], None, ends_at=AT + DAY)
    assert states(AT + DAY - timedelta(seconds=1)) == [("active", "")]
    assert states(AT + DAY) == [("ended", "over")]


def test_what_waits_begins_once_it_is_somebody_s(session, master, tiers, states):
    supporter = Member(session, master, minor=200).row.supporter_id
    mine = give(session, tiers["reader"], supporter, 1, starts_at=AT + DAY)
    nobodys = give(session, tiers["reader"], None, 2, starts_at=AT + DAY)
    states(AT)
    assert (mine.state, nobodys.state) == ("waiting", "waiting")
    states(AT + DAY)
    assert (mine.state, nobodys.state) == ("active", "waiting")


def test_what_waited_past_its_own_end_never_begins(session, tiers, states):
    give(session, tiers["reader"], None, starts_at=AT + DAY, ends_at=AT + 2 * DAY)
    assert states(AT + 3 * DAY) == [("ended", "over")]


def test_a_membership_no_event_was_heard_of_is_found(session, member, states):
    member.pays()
    assert states() == [("active", "")]


def test_a_failure_rests_after_two_weeks_and_a_pause_after_the_time_paid(session, member, states):
    member.pays()
    states()
    member.told(30 * DAY, status="past_due")
    assert states(AT + 40 * DAY) == [("active", "")]
    assert states(AT + 44 * DAY) == [("resting", "")]
    member.told(15 * DAY, status="active")
    assert states(member.now) == [("active", "")]
    member.told(collection_paused=True)
    assert states(member.now) == [("resting", "")]


def test_an_end_and_a_payment_for_another_tier_are_caught_up(session, member, states):
    member.pays()
    states()
    member.told(minor=1500)
    member.pays(later=30 * DAY)
    assert states(member.now) == [("ended", "changed"), ("active", "")]
    member.told(status="canceled", ended_at=member.now)
    assert states(member.now)[1] == ("active", "")
    assert states(member.now + 32 * DAY)[1] == ("ended", "over")


def test_who_was_joined_with_somebody_takes_their_tier_along(session, master, member, states):
    member.pays()
    states()
    other = Member(session, master, minor=200, name="otherreader", email="o@x.example").row
    session.execute(
        update(Membership)
        .where(Membership.id == member.row.id)
        .values(supporter_id=other.supporter_id)
    )
    session.commit()
    states()
    assert session.scalars(select(Entitlement.supporter_id)).all() == [other.supporter_id]


def test_a_comp_finds_its_owner_and_ends_on_its_day(session, master, tiers, states):
    comp = grant_comp(
        session,
        master,
        email="vera@reader.example",
        tier_code="reader",
        from_on=date(2026, 11, 24),
        until_on=date(2026, 12, 1),
        reason="a prize",
        zone=ZoneInfo("UTC"),
        by="support",
        now=AT,
    )
    assert states() == []
    Member(session, master, minor=200)
    assert states() == [("active", "")]
    assert states(comp.ends_at) == [("ended", "over")]


def test_a_comp_whose_owner_never_came_leaves_no_address(session, master, tiers, states):
    comp = grant_comp(
        session,
        master,
        email="vera@reader.example",
        tier_code="reader",
        from_on=date(2026, 11, 24),
        until_on=date(2026, 12, 1),
        reason="a prize",
        zone=ZoneInfo("UTC"),
        by="support",
        now=AT,
    )
    states(comp.ends_at)
    assert (comp.email_sealed, comp.email_index) == (None, None)
