"""Everything a member may ask for, through the application and the sandbox, to the cent and day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from donations.giving.models import Gift, Membership
from donations.jobs.models import Job
from donations.kernel.cadence import Frequency, later
from donations.kernel.errors import NotAllowed
from donations.kernel.money import Money
from donations.self_service import asking
from donations.self_service.actions import Action, standing_of
from donations.self_service.models import MembershipOrder

pytestmark = pytest.mark.sandbox_only


class Member:
    """A member of the live newsroom, and what can be read of them."""

    def __init__(self, live, session, name):
        self.live = live
        self.session = session
        self.name = name

    @property
    def now(self):
        return self.live.clock.now()

    @property
    def row(self):
        self.session.rollback()
        return self.session.scalars(
            select(Membership).where(Membership.public_id == self.name)
        ).one()

    @property
    def standing(self):
        self.session.rollback()
        return standing_of(self.session, self.name, now=self.now)

    @property
    def given(self):
        self.session.rollback()
        gifts = self.session.scalars(select(Gift).order_by(Gift.received_at, Gift.id))
        return [gift.amount_minor for gift in gifts]

    def ask(self, verb, *given, **named):
        if verb in {asking.change_amount, asking.switch_frequency}:
            named["prices"] = self.live.house.price_list
        self.session.rollback()
        verb(self.session, self.name, *given, via="account", now=self.now, **named)
        self.live.settle()
        self.session.rollback()
        dead = self.session.scalars(select(Job.last_error).where(Job.state == "dead")).all()
        assert dead == []
        return self.standing

    def renew(self):
        self.live.stripe.renew()
        self.live.settle()


@pytest.fixture
def join(live, reader, session):
    def one(frequency="monthly", amount="1500"):
        reader.choose(frequency, amount)
        reader.pay()
        live.settle()
        return Member(live, session, session.scalars(select(Membership.public_id)).one())

    return one


def test_another_amount_counts_from_the_next_payment_and_nothing_is_taken_before(join):
    member = join()
    due = member.standing.next_at
    after = member.ask(asking.change_amount, Money(500, "usd"))
    assert (after.amount, after.next_at) == (Money(500, "usd"), due)
    assert member.given == [1500]
    member.renew()
    assert member.given == [1500, 500]


@pytest.mark.parametrize(
    ("before", "first", "after", "then"),
    [("monthly", 1500, "annual", 10000), ("annual", 10000, "monthly", 1000)],
)
def test_another_rhythm_begins_when_the_next_payment_was_due_and_takes_nothing_today(
    join, before, first, after, then
):
    member = join(before, str(first))
    due = member.standing.next_at
    stands = member.ask(asking.switch_frequency, Frequency(after), Money(then, "usd"))
    assert (stands.frequency, stands.next_at) == (after, due)
    assert member.given == [first]
    member.renew()
    assert member.given == [first, then]
    months = {"monthly": 1, "annual": 12}[after]
    assert member.standing.next_at == later(due, months)


def test_a_pause_leaves_out_so_many_payments_and_then_goes_on_by_itself(join):
    member = join()
    due = member.standing.next_at
    after = member.ask(asking.pause, 3)
    assert after.state == "paused"
    assert after.next_at == later(due, 3)
    for _ in range(3):
        member.renew()
        assert member.given == [1500]
    member.renew()
    assert member.given == [1500, 1500]
    assert member.standing.state == "active"


def test_skipping_leaves_out_exactly_one(join):
    member = join()
    due = member.standing.next_at
    assert member.ask(asking.skip).next_at == later(due, 1)
    member.renew()
    assert member.given == [1500]
    member.renew()
    assert member.given == [1500, 1500]


def test_a_pause_can_be_ended_early(join):
    member = join()
    due = member.standing.next_at
    member.ask(asking.pause, 6)
    after = member.ask(asking.resume)
    assert (after.state, after.next_at) == ("active", due)
    member.renew()
    assert member.given == [1500, 1500]


def test_a_yearly_gift_that_is_paused_is_taken_so_much_later(join):
    member = join("annual", "10000")
    due = member.standing.next_at
    after = member.ask(asking.pause, 4)
    assert (after.state, after.next_at) == ("active", later(due, 4))
    member.renew()
    assert member.given == [10000, 10000]
    assert member.standing.next_at == later(later(due, 4), 12)


def test_the_date_moves_and_the_later_ones_with_it(join):
    member = join()
    zone = member.live.house.newsroom.zone
    due = member.standing.next_at
    day = (due + timedelta(days=9)).astimezone(zone).date()
    after = member.ask(asking.move, day, zone=zone)
    assert after.next_at.astimezone(zone).date() == day
    member.renew()
    assert member.given == [1500, 1500]
    assert member.standing.next_at == later(after.next_at, 1)


def test_an_end_at_the_periods_end_can_be_taken_back_or_comes(join):
    member = join()
    due = member.standing.next_at
    after = member.ask(asking.cancel, at_period_end=True)
    assert (after.ends_at, after.next_at) == (due, None)
    assert after.allowed == {Action.KEEP, Action.CARD, Action.CANCEL}
    assert member.ask(asking.keep).next_at == due
    member.ask(asking.cancel, at_period_end=True)
    member.renew()
    assert member.standing.state == "ended"
    assert member.given == [1500]


def test_a_member_who_is_behind_and_ends_it_is_never_charged_nor_dunned_again(
    live, reader, session
):
    reader.choose("monthly", "1500")
    reader.pay(card="4000 0000 0000 0341")
    live.settle()
    member = Member(live, session, session.scalars(select(Membership.public_id)).one())
    member.renew()
    assert member.standing.state == "past_due"
    letters = len(live.outbox.messages)
    assert member.ask(asking.cancel).state == "ended"
    invoices = live.sandbox.world.store.tables["invoice"].values()
    assert [each["status"] for each in invoices] == ["paid", "void"]
    live.stripe.pass_days(40)
    live.settle()
    assert member.given == [1500]
    since = [letter["Subject"] for letter in live.outbox.messages[letters:]]
    assert since == ["Your support has ended"]  # and not a word of what was owed


def test_asking_the_same_twice_is_asking_once_and_asking_otherwise_replaces_it(join):
    member = join()
    session, now, prices = member.session, member.now, member.live.house.price_list
    for amount in (500, 500, 1000):
        asking.change_amount(
            session, member.name, Money(amount, "usd"), prices=prices, via="link", now=now
        )
    orders = session.scalars(select(MembershipOrder).order_by(MembershipOrder.id)).all()
    assert [order.dropped_because for order in orders] == ["replaced", ""]
    assert member.standing.pending is Action.AMOUNT
    member.live.settle()
    assert member.standing.amount == Money(1000, "usd")
    assert member.standing.pending is None


def test_what_the_state_does_not_allow_is_refused_in_a_word(join):
    member = join()
    member.ask(asking.cancel)
    for verb in (asking.skip, asking.resume, asking.keep):
        with pytest.raises(NotAllowed, match="ended"):
            member.ask(verb)
    assert member.standing.allowed == frozenset()
