from datetime import timedelta

import pytest
from sqlalchemy import update
from tests_support.audiences import FakeAudience

from donations.jobs.models import Job
from donations.newsletters.changes import note_change
from donations.newsletters.choosing import Wanted, choose
from donations.newsletters.models import AudienceMember
from donations.newsletters.reconciling import Reconciler
from donations.newsletters.subscribing import find_subscription
from donations.newsletters.telling import Teller

EMAIL = "weekly@reader.example"


@pytest.fixture
def audience():
    return FakeAudience()


@pytest.fixture
def tell(master, audience, house, sessions, clock):
    teller = Teller(master, audience, house.newsletter_links)

    def all_of(names):
        with sessions() as own:
            for name in names:
                teller.tell(own, name, clock.now())
                own.commit()

    return all_of


@pytest.fixture
def reconcile(master, audience, sessions, clock):
    def run():
        with sessions() as own:
            Reconciler(master, audience)(own, {}, clock.now())
            own.commit()

    return run


def done(session, name):
    """As if the worker had done what is promised about a subscription."""
    session.rollback()
    session.execute(update(Job).where(Job.key.contains(name)).values(state="done"))
    session.commit()


@pytest.fixture
def inside(desk, tell, clock, session):
    names = desk.subscribe("weekly", "morning")
    tell(names)
    for name in names:
        done(session, name)
    clock.advance(timedelta(hours=1))
    return names


def test_who_left_one_newsletter_at_the_service_leaves_it_here_and_is_forgotten(
    inside, desk, audience, reconcile
):
    audience.gone = [("Weekly@Reader.example", "weekly"), ("stranger@mail.example", "morning")]
    reconcile()
    assert desk.states() == {"weekly": "unsubscribed", "morning": "confirmed"}


def test_it_is_asked_since_the_last_time_and_a_day(inside, audience, reconcile, clock):
    reconcile()
    first = clock.now()
    clock.advance(timedelta(hours=1))
    reconcile()
    asked = [since for _, newsletter, since in audience.calls[-4:] if newsletter == "weekly"]
    assert asked == [None, first - timedelta(days=1)]


def test_nobody_leaves_for_what_the_service_was_not_told_yet(
    inside, desk, audience, reconcile, session, clock
):
    session.execute(update(AudienceMember).values(told="out"))
    session.commit()
    audience.gone = [(EMAIL, "weekly")]
    reconcile()
    assert desk.states()["weekly"] == "confirmed"


def test_an_old_leaving_does_not_undo_a_new_coming(
    inside, desk, audience, reconcile, session, master, clock, tell
):
    audience.gone = [(EMAIL, "weekly")]
    reconcile()
    done(session, inside[0])
    back = Wanted(("weekly", "morning"), "en", "Yes")
    choose(session, master, inside[1], back, now=clock.now())
    reconcile()
    assert desk.states()["weekly"] == "confirmed"
    tell(inside[:1])
    done(session, inside[0])
    reconcile()
    assert desk.states()["weekly"] == "confirmed"


def test_what_is_just_being_told_is_left_alone(inside, desk, audience, reconcile, session, clock):
    note_change(session, find_subscription(session, inside[0]), clock.now())
    session.commit()
    audience.gone = [(EMAIL, "weekly")]
    reconcile()
    assert desk.states()["weekly"] == "confirmed"


def test_without_a_service_nobody_is_asked(master, session, clock):
    Reconciler(master, None)(session, {}, clock.now())
