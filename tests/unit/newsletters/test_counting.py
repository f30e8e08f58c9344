from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from tests_support.audiences import REFUSALS, FakeAudience

from donations.jobs.models import Job
from donations.jobs.worker import Worker
from donations.newsletters.changes import TELL_JOB
from donations.newsletters.counting import Count, by_month, counts, retry, sync_state
from donations.newsletters.leaving import unsubscribe
from donations.newsletters.telling import Teller

ZONE = ZoneInfo("Europe/Amsterdam")


@pytest.fixture
def crowd(desk, session, clock):
    """Three of the weekly, one of whom left, one waits; one of the morning from the article."""
    desk.subscribe("weekly", email="a@reader.example")
    [name] = desk.subscribe("weekly", email="b@reader.example", language="ru")
    unsubscribe(session, [name], clock.now())
    desk.ask("weekly", email="c@reader.example")
    desk.subscribe("morning", email="d@reader.example", placement="article")


def test_subscriptions_are_counted_by_newsletter_language_and_placement(crowd, session):
    assert counts(session, "newsletter") == (
        Count("morning", 1, 0, 0, 0),
        Count("weekly", 1, 1, 1, 0),
    )
    assert counts(session, "language") == (Count("en", 2, 1, 0, 0), Count("ru", 0, 0, 1, 0))
    assert counts(session, "placement")[0] == Count("article", 1, 0, 0, 0)


def test_who_never_confirmed_is_not_among_those_who_left(desk, session, clock):
    desk.ask("weekly")
    unsubscribe(session, desk.names(), clock.now())
    assert counts(session, "newsletter") == (Count("weekly", 0, 0, 0, 1),)


def test_the_year_is_told_by_the_newsrooms_months(crowd, desk, session, clock):
    clock.advance(timedelta(days=7) - timedelta(minutes=30) - timedelta(hours=12))
    desk.subscribe("weekly", email="night@reader.example")
    this, before, *rest = by_month(session, ZONE, clock.now())
    assert (str(this.month), this.asked, this.confirmed, this.left) == ("2026-12", 1, 1, 0)
    assert (before.asked, before.confirmed, before.left) == (4, 3, 1)
    assert len(rest) == 10


def test_an_empty_year_is_noughts(app, session, clock):
    assert {month.asked for month in by_month(session, ZONE, clock.now())} == {0}


@pytest.fixture
def audience():
    return FakeAudience()


@pytest.fixture
def hand(sessions, master, audience, house, clock):
    def nothing(session, arguments, now):
        """Letters are not what these tests are about."""

    teller = Teller(master, audience, house.newsletter_links)
    kinds = {"newsletter_confirm": nothing, "newsletter_preferences": nothing, TELL_JOB: teller}
    return Worker(sessions, kinds, clock)


def test_the_state_says_who_is_there_and_who_is_behind_and_why(
    desk, hand, audience, session, clock
):
    desk.subscribe("weekly", email="a@reader.example")
    hand.run_due()
    desk.subscribe("weekly", email="b@reader.example")
    audience.failure = REFUSALS["busy"]
    hand.run_due()
    state = sync_state(session, audience)
    assert (state.service, state.there, state.behind) == ("fake", 1, 1)
    [failure] = state.failures
    assert "busy" in failure.reason
    assert (failure.count, failure.gave_up) == (1, False)


def test_what_was_given_up_can_be_tried_again(desk, hand, audience, session, clock):
    desk.subscribe("weekly")
    audience.failure = REFUSALS["never"]
    for _ in range(20):
        hand.run_due()
        clock.advance(timedelta(hours=3))
    session.rollback()
    [job] = session.scalars(select(Job).where(Job.kind == TELL_JOB)).all()
    assert job.state == "dead"
    assert sync_state(session, audience).failures[0].gave_up
    audience.failure = None
    assert retry(session, clock.now()) == 1
    session.commit()
    hand.run_due()
    assert len(audience.inside) == 1
    session.rollback()
    assert sync_state(session, audience).failures == ()
