"""Whatever comes in whatever order, a gift membership moves by its one table."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests_support import gifting
from tests_support.members import join

from donations.entitlements.gift_models import GiftMembership
from donations.entitlements.gift_round import GiftRound
from donations.entitlements.gift_states import GIFT_MOVES, REDEEMABLE, GiftState, may_become
from donations.entitlements.gifting import move_gift, note_paid, note_return
from donations.entitlements.keeping_up import keep_up
from donations.entitlements.models import Entitlement
from donations.entitlements.redeeming import redeem
from donations.giving.models import Gift
from donations.kernel.database import begin_write
from donations.kernel.errors import NotAllowed, NotFound

NAMES = (f"gift{number:08}" for number in itertools.count())


def test_every_state_stands_in_the_table_and_leads_only_to_states():
    assert set(GIFT_MOVES) == set(GiftState)
    assert set().union(*GIFT_MOVES.values()) <= set(GiftState)
    assert set(GiftState) - set().union(*GIFT_MOVES.values()) == {GiftState.ORDERED}


@pytest.mark.parametrize("before", GiftState)
@pytest.mark.parametrize("after", GiftState)
def test_a_row_moves_where_the_table_says_and_nowhere_else(before, after):
    gift = GiftMembership(state=before.value)
    if may_become(before, after):
        move_gift(gift, after)
        assert gift.state == after
        return
    with pytest.raises(NotAllowed, match="not_a_move"):
        move_gift(gift, after)
    assert gift.state == before


def reachable(before):
    """Every state a gift may have come to, over however many moves."""
    found, edge = {before}, {before}
    while edge:
        edge = set().union(*(GIFT_MOVES[one] for one in edge)) - found
        found |= edge
    return found


def machine(engine, master, zone, now):
    class AnyGift(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.session = Session(engine)
            self.now = now
            self.name = next(NAMES)
            gift = gifting.order(self.session, master, now, self.name)
            self.number, self.token = gift.id, gifting.link_of(master, gift)
            self.state, self.paid, self.refunded = GiftState.ORDERED, None, False
            self.session.commit()

        @property
        def gift(self):
            self.session.rollback()
            self.session.expire_all()
            return self.session.get_one(GiftMembership, self.number)

        @rule()
        def pay(self):
            if self.paid is None:
                self.paid = gifting.payment(self.session, master, self.gift, self.now).id
            begin_write(self.session)
            note_paid(self.session, self.session.get_one(Gift, self.paid), now=self.now)
            self.session.commit()

        @rule(days=st.sampled_from([1, 40, 200, 366]))
        def wait(self, days):
            self.now += timedelta(days=days)
            self.round()

        @rule()
        def round(self):
            GiftRound(zone)(self.session, {}, self.now)
            self.session.commit()
            keep_up(self.session, {}, self.now)
            self.session.commit()

        @rule()
        def send(self):
            gift = self.gift
            if gift.state == GiftState.PAID:
                move_gift(gift, GiftState.SENT)
            self.session.commit()

        @rule()
        def redeem(self):
            open_now = self.gift.state in REDEEMABLE and self.gift.redeem_until > self.now
            try:
                redeem(self.session, master, self.token, gifting.BORIS, language="en", now=self.now)
                assert open_now
            except (NotAllowed, NotFound):
                assert not open_now

        @rule()
        def become_a_member(self):
            join(
                self.session,
                master,
                self.now,
                next(NAMES),
                email=gifting.BORIS,
                started_at=self.now,
            )

        @rule()
        def give_back(self):
            if self.paid is None:
                return
            paid = self.session.get_one(Gift, self.paid)
            if not self.refunded:
                gifting.refund(self.session, paid, self.now)
                self.refunded = True
            begin_write(self.session)
            note_return(self.session, self.session.get_one(Gift, self.paid), now=self.now)
            self.session.commit()

        @invariant()
        def it_moves_by_the_table(self):
            after = GiftState(self.gift.state)
            assert after in reachable(self.state)
            self.state = after

        @invariant()
        def it_gives_exactly_what_its_state_says(self):
            gift = self.gift
            given = self.session.scalars(
                select(Entitlement).where(
                    Entitlement.origin == "gift", Entitlement.origin_id == self.number
                )
            ).all()
            assert len(given) <= 1
            assert bool(given) == (gift.redeemed_at is not None)
            if gift.state == GiftState.REDEEMED:
                assert [one.state for one in given] == ["active"]
            if gift.state == GiftState.REFUNDED:
                assert all(one.state in {"revoked", "ended"} for one in given)
            if gift.state in {GiftState.REFUNDED, GiftState.EXPIRED}:
                assert gift.token_sealed is None and gift.recipient_sealed is None

        @invariant()
        def what_is_redeemed_or_refunded_was_paid(self):
            assert (self.gift.paid_at is None) == (self.state is GiftState.ORDERED)

        def teardown(self):
            self.session.rollback()
            self.session.close()

    return AnyGift


def test_whatever_happens_in_whatever_order_it_moves_by_the_table(engine, master, house, clock):
    run_state_machine_as_test(
        machine(engine, master, house.newsroom.zone, clock.now()),
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
