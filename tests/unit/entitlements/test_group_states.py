"""Whatever holder, members and payments do, seats move by their one table and never beyond pay."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests_support import groups

from donations.entitlements.group_models import GroupSeat, MembershipGroup
from donations.entitlements.group_states import LIVING, SEAT_MOVES, SeatState, may_become
from donations.entitlements.inviting import accept, invite, leave, take_back, token_of
from donations.entitlements.models import Entitlement
from donations.entitlements.seat_standing import follow_all, living_seats, move_seat
from donations.entitlements.seats import choose_seats, paid_seats
from donations.giving.models import Membership
from donations.kernel.errors import FieldRefused, NotAllowed, NotFound

NAMES = (f"group{number:07}" for number in itertools.count())
PEOPLE = tuple(f"reader{number}@reader.example" for number in range(6))


def test_every_state_stands_in_the_table_and_leads_only_to_states():
    assert set(SEAT_MOVES) == set(SeatState)
    assert set().union(*SEAT_MOVES.values()) == set(SeatState) - {SeatState.INVITED}
    assert {SeatState.INVITED, SeatState.TAKEN} == LIVING


@pytest.mark.parametrize("before", SeatState)
@pytest.mark.parametrize("after", SeatState)
def test_a_seat_moves_where_the_table_says_and_nowhere_else(before, after):
    seat = GroupSeat(state=before.value)
    if may_become(before, after):
        move_seat(seat, after)
        assert seat.state == after
        return
    with pytest.raises(NotAllowed, match="not_a_move"):
        move_seat(seat, after)
    assert seat.state == before


def machine(engine, master, now):
    class AnyGroup(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.session = Session(engine)
            self.now = now
            name = next(NAMES)
            self.email = f"{name}@holder.example"
            held = groups.group(self.session, master, now, seats=3, name=name, email=self.email)
            self.number, self.membership = held.id, held.membership_id
            self.names = {}
            self.session.commit()

        @property
        def group(self):
            self.session.rollback()
            self.session.expire_all()
            return self.session.get_one(MembershipGroup, self.number)

        @property
        def seats(self):
            mine = select(GroupSeat).where(GroupSeat.group_id == self.number)
            return self.session.scalars(mine.order_by(GroupSeat.id)).all()

        @rule(seats=st.integers(0, 6))
        def choose(self, seats):
            self.now += timedelta(minutes=1)
            try:
                choose_seats(self.session, self.membership, seats, now=self.now)
            except (FieldRefused, NotAllowed):
                self.session.rollback()

        @rule(seats=st.integers(1, 6))
        def pay(self, seats):
            self.now += timedelta(days=30)
            row = self.session.get_one(Membership, self.membership)
            if row.state != "ended":
                groups.pay(self.session, row, self.now, seats * groups.PRICE)
            self.follow()

        @rule()
        def follow(self):
            self.session.rollback()
            follow_all(self.session, {}, self.now)
            self.session.commit()

        @rule(email=st.sampled_from(PEOPLE))
        def invite(self, email):
            before = len(living_seats(self.session, self.group))
            room = paid_seats(self.session, self.group) - 1
            try:
                invite(self.session, master, self.membership, email, language="en", now=self.now)
                assert before < room
            except (NotAllowed, NotFound):
                self.session.rollback()

        @rule(which=st.integers(0, 5))
        def accept(self, which):
            waiting = [one for one in self.seats if one.state == "invited"]
            if waiting:
                seat = waiting[which % len(waiting)]
                try:
                    accept(self.session, master, token_of(master, seat), now=self.now)
                except NotAllowed:
                    self.session.rollback()

        @rule(which=st.integers(0, 5))
        def take_back(self, which):
            seats = self.seats
            if seats:
                name = seats[which % len(seats)].public_id
                try:
                    take_back(self.session, self.membership, name, now=self.now)
                except NotFound:
                    self.session.rollback()

        @rule(which=st.integers(0, 5))
        def leave(self, which):
            taken = [one for one in self.seats if one.supporter_id]
            if taken:
                seat = taken[which % len(taken)]
                try:
                    leave(self.session, seat.supporter_id, seat.public_id, now=self.now)
                except NotFound:
                    self.session.rollback()

        @rule(days=st.sampled_from([1, 31]))
        def wait(self, days):
            self.now += timedelta(days=days)
            self.follow()

        @rule()
        def end_the_membership(self):
            self.session.get_one(Membership, self.membership).state = "ended"
            self.session.commit()
            self.follow()

        @invariant()
        def seats_move_by_the_table(self):
            self.session.rollback()
            self.session.expire_all()
            for seat in self.seats:
                before = self.names.get(seat.id, SeatState.INVITED)
                after = SeatState(seat.state)
                reachable = {before, *SEAT_MOVES[before]}
                for state in SEAT_MOVES[before]:
                    reachable |= SEAT_MOVES[state]
                assert after in reachable
                self.names[seat.id] = after

        @invariant()
        def a_taken_seat_entitles_and_no_other_does(self):
            given = self.session.scalars(
                select(Entitlement).where(
                    Entitlement.origin == "seat",
                    Entitlement.origin_id.in_([seat.id for seat in self.seats]),
                    Entitlement.state.in_(["active", "resting", "waiting"]),
                )
            )
            living = {one.origin_id for one in given}
            assert living == {seat.id for seat in self.seats if seat.state == "taken"}

        @invariant()
        def a_seat_that_is_over_keeps_no_address_and_no_link(self):
            for seat in self.seats:
                if SeatState(seat.state) not in LIVING:
                    assert seat.email_sealed is seat.token_sealed is None
                    assert seat.ended_at is not None

        def teardown(self):
            self.follow()
            group = self.group
            living = living_seats(self.session, group)
            assert len(living) <= max(0, paid_seats(self.session, group) - 1)
            self.session.rollback()
            self.session.close()

    return AnyGroup


def test_whatever_happens_in_whatever_order_seats_move_by_the_table(engine, master, clock):
    run_state_machine_as_test(
        machine(engine, master, clock.now()),
        settings=settings(
            max_examples=12,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
