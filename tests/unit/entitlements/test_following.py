"""What a membership gives: with its payments, through pauses and failures, to the end of time paid."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from tests_support.stripe import refund
from tests_support.tiers import AT

from donations.entitlements.following import PATIENCE, follow_membership
from donations.entitlements.granting import held
from donations.entitlements.models import Entitlement
from donations.giving.models import Refund
from donations.kernel.database import begin_write
from donations.tiers.models import Tier

DAY = timedelta(days=1)


@pytest.fixture
def follows(session):
    def one(member, later=timedelta(0)):
        member.now += later
        begin_write(session)
        follow_membership(session, member.row, member.now)
        session.commit()
        rows = session.scalars(select(Entitlement).order_by(Entitlement.id)).all()
        return [
            (session.get_one(Tier, row.tier_id).code, row.state, row.ended_because) for row in rows
        ]

    return one


def test_a_member_has_their_tier_from_the_first_payment_on_and_only_once(member, follows):
    member.pays()
    assert follows(member) == [("reader", "active", "")]
    assert follows(member) == [("reader", "active", "")]


def test_nothing_is_given_for_less_than_any_price(session, master, tiers, follows):
    from tests_support.tiers import Member

    someone = Member(session, master, minor=499)
    someone.pays()
    assert follows(someone) == []


def test_a_first_payment_that_never_came_gives_nothing(member, follows):
    member.told(status="incomplete")
    assert follows(member) == []


def test_an_upgrade_counts_from_the_payment_that_is_for_it(member, follows):
    member.pays()
    member.told(minor=1500)
    assert follows(member) == [("reader", "active", "")]
    member.pays(later=30 * DAY)
    assert follows(member) == [("reader", "ended", "changed"), ("friend", "active", "")]


def test_a_downgrade_keeps_what_was_paid_until_the_next_payment(member, follows):
    member.told(minor=1500)
    member.pays()
    member.told(minor=500)
    assert follows(member) == [("friend", "active", "")]
    member.pays(later=30 * DAY)
    assert follows(member)[1:] == [("reader", "active", "")]


def test_giving_less_than_any_price_ends_it(member, follows):
    member.pays()
    follows(member)
    member.told(minor=200)
    member.pays(later=30 * DAY)
    assert follows(member) == [("reader", "ended", "changed")]


@pytest.mark.parametrize(
    ("after", "state"),
    [(timedelta(0), "active"), (PATIENCE - DAY, "active"), (PATIENCE, "resting")],
)
def test_benefits_go_on_for_two_weeks_while_a_payment_is_missing(member, follows, after, state):
    member.pays()
    member.told(30 * DAY, status="past_due")
    assert follows(member, after) == [("reader", state, "")]


def test_two_weeks_are_counted_from_the_first_failure_whatever_happens_meanwhile(member, follows):
    member.pays()
    member.told(30 * DAY, status="past_due")
    member.told(10 * DAY, minor=600)
    assert follows(member, 4 * DAY) == [("reader", "resting", "")]
    member.told(status="active")
    member.pays()
    assert follows(member) == [("reader", "active", "")]


def test_a_pause_rests_once_the_time_that_is_paid_is_over(member, follows):
    member.pays()
    member.told(DAY, collection_paused=True)
    assert follows(member) == [("reader", "active", "")]
    assert follows(member, 29 * DAY) == [("reader", "resting", "")]
    member.told(60 * DAY, collection_paused=False)
    assert follows(member) == [("reader", "active", "")]


def test_an_end_waits_for_the_end_of_the_time_that_is_paid(session, member, follows):
    paid = member.pays()
    member.told(
        10 * DAY, status="canceled", ended_at=AT + 10 * DAY, end_reason="cancellation_requested"
    )
    assert follows(member) == [("reader", "active", "")]
    [mine] = held(session, paid.supporter_id, now=member.now)
    assert mine.ends_at == paid.received_at.replace(month=12)
    assert held(session, paid.supporter_id, now=mine.ends_at) == []
    assert follows(member, 20 * DAY) == [("reader", "ended", "over")]


def test_an_end_after_the_money_went_back_is_at_once(session, member, follows):
    gift = member.pays()
    follows(member)
    back = refund(amount=gift.amount)
    session.add(
        Refund(
            gift_id=gift.id,
            amount_minor=500,
            currency="usd",
            refund_sealed=b"x",
            refund_index=b"r" * 32,
            state=back.status,
            created_at=AT,
            synced_at=AT,
        )
    )
    session.commit()
    member.told(DAY, status="canceled", ended_at=AT + DAY)
    assert follows(member) == [("reader", "ended", "over")]


def test_an_end_for_want_of_payment_is_at_once(member, follows):
    member.pays()
    member.told(31 * DAY, status="past_due")
    follows(member)
    member.told(21 * DAY, status="canceled", ended_at=AT + 52 * DAY, end_reason="payment_failed")
    assert follows(member) == [("reader", "ended", "over")]


def test_an_end_planned_is_told_and_taken_back(session, member, follows):
    gift = member.pays()
    ends = AT + 30 * DAY
    member.told(ends_with_period=True, ends_at=ends)
    follows(member)
    assert held(session, gift.supporter_id, now=member.now)[0].ends_at == ends
    member.told(ends_with_period=False, ends_at=None)
    follows(member)
    assert held(session, gift.supporter_id, now=member.now)[0].ends_at is None


def test_a_month_s_last_day_is_paid_until_the_next_month_s(session, member):
    from datetime import UTC, datetime

    from donations.entitlements.paid_time import paid_until
    from donations.giving.models import Gift

    def until(at, frequency):
        return paid_until(Gift(received_at=at, frequency=frequency, amount_minor=500))

    january = datetime(2027, 1, 31, 9, tzinfo=UTC)
    assert until(january, "monthly") == datetime(2027, 2, 28, 9, tzinfo=UTC)
    assert until(datetime(2028, 2, 29, 9, tzinfo=UTC), "annual") == datetime(
        2029, 2, 28, 9, tzinfo=UTC
    )
