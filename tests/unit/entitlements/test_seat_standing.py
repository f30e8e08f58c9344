from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from tests_support import groups
from tests_support.gifting import tier

from donations.entitlements.following import follow_membership
from donations.entitlements.group_models import GroupSeat, MembershipGroup
from donations.entitlements.inviting import accept, invite, token_of
from donations.entitlements.models import Entitlement
from donations.entitlements.seat_standing import follow_all, follow_seats
from donations.entitlements.seats import choose_seats, group_of
from donations.giving.levels import Terms, settle_level
from donations.giving.models import Checkout, Membership
from donations.kernel.cadence import Frequency
from donations.kernel.database import begin_write
from donations.kernel.money import Money

MONTH = timedelta(days=30)
PEOPLE = ("anna", "david", "boris", "clara")


class Circle:
    """A group of five: the holder, three who have a seat and one who is invited."""

    def __init__(self, session, master, clock):
        self.session, self.master, self.clock = session, master, clock
        self.number = groups.group(session, master, clock.now(), seats=5).membership_id
        for name in PEOPLE:
            clock.advance(timedelta(minutes=1))
            email = f"{name}@reader.example"
            seat = invite(session, master, self.number, email, language="en", now=clock.now())
            if name != "david":
                accept(session, master, token_of(master, seat), now=clock.now())

    @property
    def membership(self):
        return self.session.get_one(Membership, self.number)

    def follow(self):
        self.session.rollback()
        follow_all(self.session, {}, self.clock.now())
        self.session.commit()

    def pay(self, seats):
        self.clock.advance(MONTH - timedelta(days=1))
        groups.pay(self.session, self.membership, self.clock.now(), seats * groups.PRICE)
        self.follow()

    @property
    def states(self):
        self.session.expire_all()
        rows = self.session.scalars(select(GroupSeat).order_by(GroupSeat.id))
        return [row.state for row in rows]

    @property
    def given(self):
        self.session.expire_all()
        rows = select(Entitlement).where(Entitlement.origin == "seat").order_by(Entitlement.id)
        return [row.state for row in self.session.scalars(rows)]


@pytest.fixture
def circle(session, master, clock):
    return Circle(session, master, clock)


def test_seats_that_are_paid_stay_as_they_are(circle):
    circle.follow()
    assert circle.states == ["taken", "invited", "taken", "taken"]
    assert circle.given == ["active"] * 3


def test_the_open_invitation_goes_before_any_seat_somebody_has(circle):
    circle.pay(4)
    assert circle.states == ["taken", "withdrawn", "taken", "taken"]


def test_what_is_not_paid_any_more_ends_the_newest_first(circle):
    circle.pay(3)
    assert circle.states == ["taken", "withdrawn", "taken", "ended"]
    assert circle.given == ["active", "active", "ended"]
    circle.pay(1)
    assert circle.states == ["ended", "withdrawn", "ended", "ended"]


def test_a_payment_that_covers_more_again_brings_nobody_back_by_itself(circle):
    circle.pay(2)
    circle.pay(5)
    assert circle.states == ["taken", "withdrawn", "ended", "ended"]


def test_a_pause_lets_seats_rest_and_go_on(circle, session):
    circle.membership.state = "paused"
    session.commit()
    circle.follow()
    assert circle.given == ["resting"] * 3
    circle.membership.state = "active"
    session.commit()
    circle.follow()
    assert circle.given == ["active"] * 3


def test_seats_rest_when_what_the_holder_has_rests_and_end_when_it_ends(circle, session):
    now = circle.clock.now()
    begin_write(session)
    follow_membership(session, circle.membership, now)
    circle.membership.state = "past_due"
    session.commit()
    circle.follow()
    assert circle.given == ["active"] * 3  # there is patience with a payment that is late
    own = session.scalars(select(Entitlement).where(Entitlement.origin == "membership")).one()
    own.state = "resting"
    session.commit()
    circle.follow()
    assert circle.given == ["resting"] * 3


def test_time_that_is_paid_is_kept_after_the_end(circle, session):
    begin_write(session)
    follow_membership(session, circle.membership, circle.clock.now())
    circle.membership.state = "ended"
    session.flush()
    follow_membership(session, circle.membership, circle.clock.now())
    session.commit()
    circle.follow()
    assert circle.given == ["active"] * 3
    circle.clock.advance(MONTH + timedelta(days=2))
    begin_write(session)
    follow_membership(session, circle.membership, circle.clock.now())
    session.commit()
    circle.follow()
    assert circle.given == ["ended"] * 3
    group = session.scalars(select(MembershipGroup)).one()
    assert group.ended_at == circle.clock.now()


def test_a_membership_that_ended_and_gives_nothing_ends_its_group(circle, session):
    circle.membership.state = "ended"
    session.commit()
    begin_write(session)
    follow_seats(session, circle.membership, now=circle.clock.now())
    session.commit()
    assert circle.states == ["ended", "withdrawn", "ended", "ended"]
    assert group_of(session, circle.number) is None


def test_an_invitation_nobody_took_expires_and_frees_the_seat(circle, session, master):
    circle.clock.advance(MONTH)
    circle.follow()
    assert circle.states == ["taken", "expired", "taken", "taken"]
    now = circle.clock.now()
    invite(session, master, circle.number, "emma@reader.example", language="en", now=now)
    assert circle.states[-1] == "invited"


def test_the_index_of_a_seat_that_is_over_stays_while_invitations_are_counted(circle, session):
    circle.pay(1)
    circle.follow()
    rows = session.scalars(select(GroupSeat).order_by(GroupSeat.id)).all()
    assert all(row.email_sealed is None for row in rows)
    assert all(row.email_index is not None for row in rows)
    circle.clock.advance(timedelta(days=2))
    circle.follow()
    session.expire_all()
    assert all(row.email_index is None for row in rows)


def test_paying_for_several_people_reaches_no_higher_tier(circle, session):
    now, membership = circle.clock.now(), circle.membership
    mine = membership.tier_id
    patron = tier(session, now, "patron", monthly=4000, annual=40_000, position=2).id
    checkout = session.get_one(Checkout, membership.checkout_id)
    before = Terms(Money(groups.PRICE, "usd"), Frequency.MONTHLY)
    settle_level(session, membership, checkout, before)
    assert membership.tier_id == patron  # as it would be for one person alone
    session.commit()
    circle.follow()
    assert circle.membership.tier_id == mine


def test_a_group_of_one_is_over_once_its_last_seats_are(circle, session):
    circle.clock.advance(timedelta(minutes=1))
    choose_seats(session, circle.number, 1, now=circle.clock.now())
    circle.follow()
    assert group_of(session, circle.number) is not None
    circle.pay(1)
    assert group_of(session, circle.number) is None
    circle.clock.advance(timedelta(minutes=1))
    again = choose_seats(session, circle.number, 2, now=circle.clock.now())
    assert (again.seats, again.ended_at) == (2, None)
