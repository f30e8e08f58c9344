from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from tests_support import gifting, groups
from tests_support.members import join

from donations.entitlements.group_models import MembershipGroup
from donations.entitlements.paid_time import last_payment
from donations.entitlements.seats import choose_seats, group_of, paid_seats, quote, quotes
from donations.giving.models import Membership
from donations.kernel.errors import FieldRefused, NotAllowed, NotFound
from donations.kernel.money import Money

MONTH = timedelta(days=30)


@pytest.fixture
def member(session, master, clock):
    row = groups.member(session, master, clock.now())
    groups.pay(session, row, clock.now())
    return row


def choose(session, membership, seats, clock):
    clock.advance(timedelta(minutes=1))
    return choose_seats(session, membership, seats, now=clock.now())


def test_every_seat_costs_what_the_tier_costs_at_the_members_rhythm(session, member):
    offered = quotes(session, member)
    assert [one.seats for one in offered] == list(range(2, 51))
    assert offered[0].amount == Money(2000, "usd")
    assert offered[-1].amount == Money(50_000, "usd")
    member.frequency = "annual"
    member.amount_minor = 10_000
    assert quote(session, member, 3).amount == Money(30_000, "usd")


def test_who_gives_more_than_the_first_seats_cost_goes_on_giving_that(session, master, clock):
    generous = groups.member(session, master, clock.now(), minor=3500)
    assert [quote(session, generous, seats).amount.minor for seats in (2, 3, 4)] == [
        3500,
        3500,
        4000,
    ]


@pytest.mark.parametrize("seats", [-1, 0, 1, 51])
def test_there_are_two_to_fifty_seats(session, member, clock, seats):
    with pytest.raises(FieldRefused, match="not_offered"):
        choose(session, member.id, seats, clock)


def test_a_group_may_become_one_again(session, member, clock):
    number = member.id
    choose(session, number, 3, clock)
    assert choose(session, number, 1, clock).seats == 1


def test_without_a_tier_that_has_a_price_there_is_no_group(session, master, member, clock):
    none = join(session, master, clock.now(), "nobodynobody", minor=500)
    with pytest.raises(NotAllowed, match="no_tier"):
        quotes(session, none)
    member.currency = "eur"
    with pytest.raises(NotAllowed, match="no_tier"):
        quotes(session, member)


def test_a_membership_that_ended_buys_no_seats(session, member, clock):
    member.state = "ended"
    session.commit()
    with pytest.raises(NotAllowed, match="ended"):
        choose(session, member.id, 3, clock)


def test_no_membership_no_group(session, clock):
    with pytest.raises(NotFound):
        choose(session, 99, 3, clock)


def test_seats_count_when_they_are_paid_and_not_when_they_are_asked_for(session, member, clock):
    number = member.id
    group = choose(session, number, 5, clock)
    session.get_one(Membership, number).amount_minor = 5000  # Stripe knows the new amount
    session.commit()
    assert paid_seats(session, group) == 1
    clock.advance(MONTH)
    groups.pay(session, session.get_one(Membership, number), clock.now(), 5000)
    assert paid_seats(session, group) == 5


def test_fewer_seats_count_from_the_next_payment_too(session, master, clock):
    held = groups.group(session, master, clock.now(), seats=5)
    number = held.membership_id
    clock.advance(MONTH)
    choose(session, number, 2, clock)
    assert paid_seats(session, group_of(session, number)) == 5
    choose(session, number, 3, clock)
    assert paid_seats(session, group_of(session, number)) == 5
    groups.pay(session, session.get_one(Membership, number), clock.now() + MONTH, 3000)
    assert paid_seats(session, group_of(session, number)) == 3


@pytest.mark.parametrize(("minor", "seats"), [(4999, 4), (5000, 5), (900, 1), (99_000, 5)])
def test_what_is_paid_decides_and_never_more_than_was_wanted(session, master, clock, minor, seats):
    held = groups.group(session, master, clock.now(), seats=5, paid=1)
    groups.pay(session, held.membership, clock.now() + MONTH, minor)
    assert paid_seats(session, held) == seats


def test_a_price_that_rises_takes_no_seat_from_who_pays_the_old_one(session, master, clock):
    held = groups.group(session, master, clock.now(), seats=5)
    number = held.membership_id
    for price in held.tier.prices:
        price.amount_minor *= 2
    session.commit()
    clock.advance(MONTH)
    groups.pay(session, session.get_one(Membership, number), clock.now(), 5000)
    assert paid_seats(session, group_of(session, number)) == 5
    choose(session, number, 6, clock)
    assert paid_seats(session, group_of(session, number)) == 5
    groups.pay(session, session.get_one(Membership, number), clock.now() + MONTH, 12_000)
    assert paid_seats(session, group_of(session, number)) == 6


def test_another_rhythm_is_measured_by_what_a_seat_costs_at_it(session, master, clock):
    held = groups.group(session, master, clock.now(), seats=3)
    membership = held.membership
    membership.frequency = "annual"
    session.commit()
    groups.pay(session, membership, clock.now() + MONTH, 20_000)
    assert paid_seats(session, held) == 2


@pytest.mark.parametrize(
    ("minor", "state", "seats"), [(1000, "succeeded", 2), (3000, "pending", 1), (3000, "failed", 3)]
)
def test_what_went_back_pays_for_nothing(session, master, clock, minor, state, seats):
    held = groups.group(session, master, clock.now(), seats=3)
    gifting.refund(session, last_payment(session, held.membership), clock.now(), minor, state)
    session.expire_all()
    assert paid_seats(session, held) == seats


def test_a_membership_has_one_group(session, member, clock):
    number = member.id
    choose(session, number, 3, clock)
    choose(session, number, 4, clock)
    [row] = session.scalars(select(MembershipGroup)).all()
    assert row.seats == 4
    made = {name: getattr(row, name) for name in ("tier_id", "frequency", "currency")}
    session.add(
        MembershipGroup(
            public_id="second",
            membership_id=number,
            seats=2,
            seats_before=2,
            price_minor=1,
            price_before_minor=1,
            made_at=clock.now(),
            changed_at=clock.now(),
            **made,
        )
    )
    with pytest.raises(IntegrityError):
        session.commit()


@pytest.mark.parametrize("column", ["seats", "seats_before", "price_minor"])
def test_the_database_holds_the_bounds_too(session, member, clock, column):
    group = choose(session, member.id, 3, clock)
    setattr(group, column, 51 if column.startswith("seats") else 0)
    with pytest.raises(IntegrityError):
        session.commit()
