"""The end of a promo: the letter in time, the higher amount once, the member's own wish first."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from tests_support.tiers import AT, Member, make_promo

from donations.jobs.models import Job
from donations.kernel.database import begin_write
from donations.kernel.money import Money
from donations.self_service import asking
from donations.self_service.models import MembershipOrder
from donations.self_service.promo_models import PromoTerm
from donations.self_service.raising import EARLIEST, LETTER_JOB, follow_promo, keep_terms

DAY = timedelta(days=1)


@pytest.fixture
def member(session, master):
    make_promo(session, payments=1)
    return Member(session, master, promo="spring")


def follow(session, member, later=timedelta(0)):
    member.now += later
    begin_write(session)
    follow_promo(session, member.row, member.now)
    session.commit()
    return session.scalars(select(PromoTerm)).one()


def orders(session):
    session.expire_all()
    return session.scalars(select(MembershipOrder).order_by(MembershipOrder.id)).all()


def drop(session, because):
    [order] = orders(session)
    order.dropped_at, order.dropped_because = AT, because
    session.commit()


def letters(session):
    found = select(Job.arguments).where(Job.kind == LETTER_JOB).order_by(Job.id)
    return [one["due"][:10] for one in session.scalars(found)]


def test_with_the_last_lower_payment_the_letter_goes_out_and_the_order_is_placed(session, member):
    assert follow(session, member).order is None
    member.pays()
    term = follow(session, member)
    follow(session, member)
    [order] = orders(session)
    assert (order.via, order.action) == ("promo", "amount")
    assert order.arguments == {"amount_minor": 1500, "frequency": "monthly"}
    assert (term.order_id, term.told_at, term.told_of) == (order.id, AT, AT + 30 * DAY)
    assert term.state == "running"
    assert letters(session) == ["2026-12-24"]


def test_a_yearly_promo_is_told_of_a_month_before_not_a_year(session, master):
    make_promo(session, payments=1, frequency="annual", first=5000, then=15000)
    member = Member(session, master, minor=5000, frequency="annual", promo="spring")
    member.told(renews_at=AT + 365 * DAY)
    member.pays()
    follow(session, member, timedelta(days=365) - EARLIEST - timedelta(hours=1))
    assert orders(session) == []
    follow(session, member, timedelta(hours=1))
    assert len(orders(session)) == 1


@pytest.mark.parametrize(
    ("before", "placed"), [(14 * DAY, 1), (14 * DAY - timedelta(seconds=1), 0)]
)
def test_less_than_two_weeks_before_a_payment_nothing_is_raised(session, member, before, placed):
    member.pays()
    member.told(renews_at=AT + 40 * DAY)
    follow(session, member, 40 * DAY - before)
    assert (len(orders(session)), len(letters(session))) == (placed, placed)


def test_a_payment_that_came_too_late_is_followed_by_one_more_at_the_lower_amount(session, member):
    member.pays(later=20 * DAY)
    assert follow(session, member).state == "running"
    assert orders(session) == []
    member.told(10 * DAY, renews_at=AT + 60 * DAY)
    member.pays()
    follow(session, member)
    assert [one.arguments["amount_minor"] for one in orders(session)] == [1500]


def test_the_members_own_wish_comes_first_and_the_promo_goes_on_after_it(session, house, member):
    member.pays()
    asking.skip(session, member.row.public_id, via="account", now=member.now)
    follow(session, member)
    assert [one.via for one in orders(session)] == ["account"]
    orders(session)[0].done_at = AT
    session.commit()
    member.told(renews_at=AT + 31 * DAY, collection_paused=True, resumes_at=AT + 32 * DAY)
    follow(session, member, 31 * DAY)
    assert [one.via for one in orders(session)] == ["account", "promo"]


def test_an_order_a_member_replaced_is_placed_again_without_a_second_letter(session, member):
    member.pays()
    follow(session, member)
    asking.cancel(session, member.row.public_id, at_period_end=True, via="link", now=member.now)
    first, wish = orders(session)
    assert (first.dropped_because, wish.via) == ("replaced", "link")
    wish.done_at = AT
    session.commit()
    member.told(ends_with_period=True, ends_at=AT + 30 * DAY)
    follow(session, member)
    assert len(orders(session)) == 2
    member.told(ends_with_period=False, ends_at=None)  # taken back after all
    assert follow(session, member, 20 * DAY).told_at == AT
    assert [one.via for one in orders(session)] == ["promo", "link", "promo"]
    assert len(letters(session)) == 1


def test_a_day_moved_is_told_of_anew(session, member):
    member.pays()
    follow(session, member)
    drop(session, "replaced")
    member.told(renews_at=AT + 20 * DAY)
    follow(session, member)
    assert letters(session) == ["2026-12-24", "2026-12-14"]


def test_another_amount_asked_for_drops_the_promo(session, house, member):
    member.pays()
    follow(session, member)
    asking.change_amount(
        session,
        member.row.public_id,
        Money(700, "usd"),
        prices=house.price_list,
        via="link",
        now=member.now,
    )
    follow(session, member)
    assert len(orders(session)) == 2
    orders(session)[1].done_at = AT
    member.told(minor=700)
    term = follow(session, member)
    assert (term.state, term.ended_because) == ("dropped", "changed")
    assert [one.is_open for one in orders(session)] == [False, False]


def test_once_carried_out_it_is_raised_and_never_again(session, member):
    member.pays()
    follow(session, member)
    orders(session)[0].done_at = AT
    member.told(minor=1500)
    assert follow(session, member).state == "raised"
    member.told(minor=500)
    member.pays(later=30 * DAY)
    assert follow(session, member).state == "raised"
    assert len(orders(session)) == 1


def test_what_stripe_refuses_is_not_tried_for_ever(session, member):
    member.pays()
    follow(session, member)
    drop(session, "amount_too_large")
    term = follow(session, member)
    assert (term.state, term.ended_because, len(orders(session))) == ("dropped", "refused", 1)


def test_who_is_behind_is_not_asked_for_more(session, member):
    member.pays()
    member.told(status="past_due")
    follow(session, member)
    assert orders(session) == []


def test_the_hour_finds_what_no_event_brought_on(session, member):
    member.told()
    follow(session, member)
    member.pays()
    for _ in range(2):
        keep_terms(session, {}, AT)
        session.commit()
    assert (len(orders(session)), len(letters(session))) == (1, 1)
    member.told(status="canceled", ended_at=AT)
    keep_terms(session, {}, AT)
    session.commit()
    assert session.scalars(select(PromoTerm)).one().state == "dropped"


def test_the_letter_says_both_amounts_the_day_and_the_ways_out(session, member, worker, outbox):
    member.pays()
    follow(session, member)
    orders(session)[0].done_at = AT  # Stripe is asked nothing here
    session.commit()
    worker.run_due()
    [letter] = [one for one in outbox.messages if "changes" in one["Subject"]]
    assert letter["Subject"] == "What you give changes on December 24, 2026"
    text = letter.get_body(("plain",)).get_content()
    for word in (
        "$5 a month at first",
        "$15 a month after that",
        "/support/act/cancel/",
        "/support/act/amount/",
    ):
        assert word in text


def test_no_letter_of_a_promo_that_was_dropped_meanwhile(session, member, worker, outbox):
    member.pays()
    follow(session, member)
    orders(session)[0].done_at = AT
    member.told(minor=700)
    follow(session, member)
    worker.run_due()
    assert [one for one in outbox.messages if "changes" in one["Subject"]] == []
