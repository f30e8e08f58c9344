"""When cards expire, and who is told."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from tests_support.members import DUE

from donations.dunning.cards import (
    CHECK_JOB,
    card_checker,
    expiry_of,
    look_again,
    promise_checks,
    tell_of_card,
)
from donations.dunning.kinds import Kind
from donations.dunning.models import CardOnFile, Notice
from donations.jobs.models import Job
from donations.kernel.errors import NotFound


@pytest.fixture
def check(gateway, master, session, clock):
    """Asks for one membership's card; `gateway.changes.expires` is the answer."""
    gateway.changes.expires = (2027, 2)
    job = card_checker(gateway, master)

    def one(membership):
        number = membership.id
        session.rollback()
        job(session, {"membership": number}, clock.now())
        session.commit()
        return number

    return one


@pytest.mark.parametrize(
    ("month", "last"),
    [
        ((2027, 2), date(2027, 2, 28)),
        ((2028, 2), date(2028, 2, 29)),
        ((2026, 12), date(2026, 12, 31)),
    ],
)
def test_a_card_is_good_until_the_end_of_its_month(check, gateway, member, session, month, last):
    gateway.changes.expires = month
    assert expiry_of(session, check(member())) == last


def test_a_bank_account_has_no_such_day(check, gateway, member, session):
    gateway.changes.expires = None
    number = check(member())
    assert session.get(CardOnFile, number) is not None
    assert expiry_of(session, number) is None


def test_what_stripe_no_longer_has_is_let_be(check, gateway, member, session):
    gateway.changes.failure = NotFound()
    assert session.get(CardOnFile, check(member())) is None


def test_a_card_is_asked_for_once_a_month_and_oftener_near_its_end(session, clock, member, check):
    number = check(member())
    assert promise_checks(session, now=clock.now()) == 0
    clock.advance(timedelta(days=31))
    assert promise_checks(session, now=clock.now()) == 1
    assert promise_checks(session, now=clock.now()) == 0
    session.commit()
    session.get_one(CardOnFile, number).checked_at = clock.now()
    session.get_one(CardOnFile, number).expires_on = (clock.now() + timedelta(days=20)).date()
    session.commit()
    clock.advance(timedelta(days=7))
    assert promise_checks(session, now=clock.now()) == 1
    jobs = session.scalars(select(Job).where(Job.kind == CHECK_JOB)).all()
    assert all(job.arguments == {"membership": number} for job in jobs)


def test_members_who_left_are_not_asked_for(session, clock, member):
    member().state = "ended"
    session.commit()
    assert promise_checks(session, now=clock.now()) == 0


def test_a_new_card_is_asked_for_at_once(session, clock, member, check, master):
    number = check(member())
    look_again(session, master.index("customer", "cus_abcdefghjkmn"))
    session.commit()
    assert session.get(CardOnFile, number) is None
    assert promise_checks(session, now=clock.now()) == 1


@pytest.mark.parametrize(
    ("days", "told"),
    [(31, None), (30, Kind.CARD_EXPIRING), (0, Kind.CARD_EXPIRING), (-1, Kind.CARD_EXPIRED)],
)
def test_a_month_before_its_end_and_after_it_a_member_is_told_once_each(
    session, clock, member, days, told
):
    membership = member()
    day = clock.now().date() + timedelta(days=days)
    assert tell_of_card(session, membership, day, now=clock.now()) is told
    assert tell_of_card(session, membership, day, now=clock.now()) is None
    session.commit()
    notices = session.scalars(select(Notice)).all()
    assert [notice.next_at for notice in notices] == ([DUE] if told else [])


@pytest.mark.parametrize(
    "changes",
    [{"state": "past_due"}, {"ends_with_period": True}, {"frequency": "annual"}],
)
def test_nobody_is_told_who_knows_leaves_or_will_read_of_it_in_time(
    session, clock, member, changes
):
    membership = member()
    for name, value in changes.items():
        setattr(membership, name, value)
    session.commit()
    assert tell_of_card(session, membership, clock.now().date(), now=clock.now()) is None
