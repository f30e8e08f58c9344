"""A promo's term: begun with the membership, counted by payments, ended once by its table."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from tests_support.tiers import AT, Member, make_promo

from donations.kernel.database import begin_write
from donations.kernel.errors import NotAllowed
from donations.self_service.models import MembershipOrder
from donations.self_service.promo_models import PromoTerm
from donations.self_service.promo_states import TERM_MOVES, TermState, may_become
from donations.self_service.promo_terms import end_term, follow_term, takeable, uses
from donations.self_service.raising import follow_promo

DAY = timedelta(days=1)


def follow(session, member):
    begin_write(session)
    term = follow_term(session, member.row, member.now)
    session.commit()
    return term


@pytest.fixture
def member(session, master):
    make_promo(session)
    return Member(session, master, promo="spring")


def test_a_term_begins_with_the_membership_and_counts_what_is_paid(session, member):
    term = follow(session, member)
    left = [term.payments_left]
    for _ in range(4):
        member.pays(later=30 * DAY)
        follow(session, member)
        left.append(term.payments_left)
    assert left == [3, 2, 1, 0, 0]
    assert term.state == "running"
    assert session.scalars(select(PromoTerm)).all() == [term]


def test_a_membership_that_took_none_has_none(session, master, member):
    other = Member(session, master, name="otherreader", email="o@x.example")
    assert follow(session, other) is None


def test_nothing_begins_before_the_first_payment_came_through(session, member):
    member.told(status="incomplete")
    assert follow(session, member) is None


def test_whoever_changes_the_amount_or_rhythm_chose_for_themselves(session, member):
    term = follow(session, member)
    member.told(minor=700)
    follow(session, member)
    assert (term.state, term.ended_because) == ("dropped", "changed")
    member.told(minor=500)
    assert follow(session, member).state == "dropped"


def test_an_end_ends_the_term(session, member):
    term = follow(session, member)
    member.told(status="canceled", ended_at=AT)
    follow(session, member)
    assert (term.state, term.ended_because) == ("dropped", "ended")


def test_a_promo_is_taken_so_often_and_no_more(session, master):
    promo = make_promo(session, most=1)
    assert takeable(session, "spring", AT) is promo
    follow(session, Member(session, master, promo="spring"))
    assert uses(session, promo) == 1
    assert takeable(session, "spring", AT) is None


@pytest.mark.parametrize("before", list(TermState))
@pytest.mark.parametrize("after", list(TermState))
def test_a_term_moves_by_its_table_and_no_other_way(before, after):
    term = PromoTerm(state=before.value, ended_because="")
    if may_become(before, after):
        end_term(term, after, because="word", now=AT)
        assert (term.state, term.ended_at) == (after.value, AT)
        return
    with pytest.raises(NotAllowed):
        end_term(term, after, now=AT)
    assert term.state == before


class Course(RuleBasedStateMachine):
    """Payments, changes, pauses and days in any order: raised at most once, never untold."""

    session = master = None
    number = 0

    def __init__(self):
        super().__init__()
        Course.number += 1
        name = f"course{Course.number:06}"
        self.member = Member(
            self.session, self.master, promo="spring", name=name, email=f"{name}@x.example"
        )
        self.term = None
        self.seen = []
        self.step()

    def step(self):
        begin_write(self.session)
        self.term = follow_promo(self.session, self.member.row, self.member.now) or self.term
        self.session.commit()
        if self.term is not None and (not self.seen or self.seen[-1] != self.term.state):
            self.seen.append(self.term.state)

    @property
    def orders(self):
        mine = MembershipOrder.membership_id == self.member.row.id
        return self.session.scalars(
            select(MembershipOrder).where(mine).order_by(MembershipOrder.id)
        ).all()

    @rule()
    def a_payment(self):
        if self.member.stripe.status != "canceled":
            self.member.pays(later=30 * DAY)
            self.member.told(renews_at=self.member.now + 30 * DAY, status="active")
        self.step()

    @rule(days=st.integers(1, 40))
    def days_pass(self, days):
        self.member.now += days * DAY
        self.step()

    @rule(minor=st.sampled_from([500, 700, 1500]))
    def the_member_changes(self, minor):
        if self.member.stripe.status != "canceled":
            self.member.told(minor=minor)
        self.step()

    @rule(status=st.sampled_from(["active", "past_due"]), paused=st.booleans())
    def stripe_says(self, status, paused):
        if self.member.stripe.status != "canceled":
            self.member.told(status=status, collection_paused=paused)
        self.step()

    @rule()
    def it_ends(self):
        self.member.told(status="canceled", ended_at=self.member.now)
        self.step()

    @rule(word=st.sampled_from(["", "replaced", "no_longer_possible", "amount_too_large"]))
    def the_order_is_carried_out_or_dropped(self, word):
        for order in self.orders:
            if not order.is_open:
                continue
            if word:
                order.dropped_at, order.dropped_because = self.member.now, word
                self.session.commit()
            elif self.member.stripe.status != "canceled":
                order.done_at = self.member.now
                self.member.told(minor=1500)
        self.step()

    @invariant()
    def it_is_raised_at_most_once_after_its_payments_and_told_two_weeks_before(self):
        assert sum(order.done_at is not None for order in self.orders) <= 1
        assert sum(order.is_open for order in self.orders) <= 1
        for before, after in zip(self.seen, self.seen[1:], strict=False):
            assert may_become(TermState(before), TermState(after))
        if self.orders:
            assert self.term.payments_left == 0
            assert self.term.told_of - self.term.told_at >= 14 * DAY


def test_no_order_of_events_raises_twice_or_untold(session, master):
    make_promo(session)
    Course.session, Course.master = session, master
    assert all(not TERM_MOVES[state] for state in (TermState.RAISED, TermState.DROPPED))
    run_state_machine_as_test(
        Course,
        settings=settings(
            max_examples=20,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
