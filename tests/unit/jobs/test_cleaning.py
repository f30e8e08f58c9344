from datetime import timedelta

import pytest
from sqlalchemy import select

from donations.jobs.cleaning import KEPT, RECURRING_KEPT, Cleaner
from donations.jobs.models import Job
from donations.jobs.outbox import bury, claim, enqueue, enqueue_many, finish


@pytest.fixture
def clean(session, clock):
    def run():
        Cleaner(frozenset({"nightly"}))(session, {}, clock.now())
        session.rollback()
        return set(session.scalars(select(Job.key)))

    return run


def do(session, clock, kind, key):
    enqueue(session, kind, key, now=clock.now())
    session.commit()
    taken = claim(session, now=clock.now())
    finish(session, taken.job_id, taken.lease, now=clock.now())
    session.commit()


def test_a_done_job_is_kept_as_long_as_its_key_must_guard(session, clock, clean):
    do(session, clock, "receipt", "receipt:1")
    do(session, clock, "nightly", "nightly:1")
    clock.advance(RECURRING_KEPT)
    assert clean() == {"receipt:1", "nightly:1"}
    clock.advance(timedelta(minutes=2))
    assert clean() == {"receipt:1"}
    clock.advance(KEPT - RECURRING_KEPT - timedelta(minutes=2))
    assert clean() == {"receipt:1"}
    assert not enqueue(session, "receipt", "receipt:1", now=clock.now())
    session.rollback()
    clock.advance(timedelta(minutes=2))
    assert clean() == set()


def test_what_waits_or_failed_for_good_is_kept_for_ever(session, clock, clean):
    enqueue(session, "receipt", "dead", now=clock.now())
    session.commit()
    taken = claim(session, now=clock.now())
    bury(session, taken.job_id, taken.lease, "why")
    enqueue(session, "receipt", "waits", now=clock.now())
    session.commit()
    clock.advance(10 * KEPT)
    assert clean() == {"dead", "waits"}


def test_thousands_are_forgotten_some_hundreds_at_a_time(session, clock, clean):
    enqueue_many(session, "receipt", [(f"k{n}", {}) for n in range(1_200)], now=clock.now())
    session.commit()
    for job in session.scalars(select(Job)):
        job.state = "done"
        job.done_at = clock.now()
    session.commit()
    clock.advance(KEPT + timedelta(minutes=1))
    assert clean() == set()
