"""Events that never came are asked for; nothing is stored twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from donations.inbox.catching_up import event_catcher
from donations.inbox.handlers import HANDLERS
from donations.inbox.intake import store
from donations.inbox.models import StripeEvent
from donations.jobs.models import Job
from donations.stripe_gateway.errors import StripeUnavailable
from donations.stripe_gateway.signatures import Hint


class Archive:
    """Stripe's list of the events nobody took."""

    def __init__(self, *missed):
        self.missed = missed
        self.asked = []

    def untold(self, types, since):
        self.asked.append((types, since))
        yield from self.missed


@pytest.fixture
def hint(clock):
    return Hint("evt_1", "charge.updated", "ch_1", clock.now())


def events(session):
    return session.scalar(select(func.count()).select_from(StripeEvent))


def test_an_event_that_never_came_is_stored_and_promised(session, master, clock, hint):
    event_catcher(Archive(hint), master)(session, {}, clock.now())
    assert events(session) == 1
    assert session.scalars(select(Job.kind)).all() == ["stripe_event"]


def test_an_event_that_came_after_all_is_stored_once(session, master, clock, hint):
    store(session, master, hint, now=clock.now())
    for _ in range(2):
        event_catcher(Archive(hint), master)(session, {}, clock.now())
    assert events(session) == 1


def test_it_asks_for_what_it_can_apply_as_far_back_as_stripe_keeps_it(session, master, clock):
    archive = Archive()
    event_catcher(archive, master)(session, {}, clock.now())
    assert archive.asked == [(sorted(HANDLERS), clock.now() - timedelta(days=30))]


def test_what_was_missed_first_is_applied_first(session, master, clock, hint):
    later = Hint("evt_2", "charge.updated", "ch_2", clock.now())
    event_catcher(Archive(later, hint), master)(session, {}, clock.now())
    found = session.scalars(select(StripeEvent.event_id).order_by(StripeEvent.id)).all()
    assert found == ["evt_1", "evt_2"]


def test_stripe_away_is_for_the_worker_to_try_again(session, master, clock):
    class Away:
        def untold(self, _types, _since):
            raise StripeUnavailable("down")
            yield

    with pytest.raises(StripeUnavailable):
        event_catcher(Away(), master)(session, {}, clock.now())
