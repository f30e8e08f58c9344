from datetime import timedelta

from sqlalchemy import select

from donations.jobs.models import Job
from donations.jobs.outbox import (
    LEASE,
    MAX_ATTEMPTS,
    back_off,
    claim,
    enqueue,
    fail,
    finish,
    replay,
)


def promise(session, clock, key="k", **more):
    made = enqueue(session, "kind", key, {"row": 1}, now=clock.now(), **more)
    session.commit()
    return made


def only_job(session):
    session.rollback()
    return session.scalars(select(Job)).one()


def test_promising_the_same_work_twice_is_promising_it_once(session, clock):
    assert promise(session, clock)
    assert not promise(session, clock)
    assert only_job(session).key == "k"


def test_a_promise_rolled_back_is_no_promise(session, clock):
    enqueue(session, "kind", "k", now=clock.now())
    session.rollback()
    assert claim(session, now=clock.now()) is None


def test_a_claimed_job_is_in_one_hand_until_its_lease_is_over(session, clock):
    promise(session, clock)
    first = claim(session, now=clock.now())
    assert claim(session, now=clock.now()) is None
    clock.advance(LEASE)
    second = claim(session, now=clock.now())
    assert second.lease != first.lease
    assert not finish(session, first.job_id, first.lease, now=clock.now())
    assert finish(session, second.job_id, second.lease, now=clock.now())


def test_work_for_later_waits_for_its_time(session, clock):
    promise(session, clock, run_at=clock.now() + timedelta(days=1))
    assert claim(session, now=clock.now()) is None
    clock.advance(timedelta(days=1))
    assert claim(session, now=clock.now()) is not None


def test_failed_work_comes_back_later_and_later_and_is_buried_in_the_end(session, clock):
    promise(session, clock)
    for _ in range(MAX_ATTEMPTS):
        taken = claim(session, now=clock.now())
        fail(session, taken.job_id, taken.lease, "why", now=clock.now())
        assert only_job(session).last_error == "why"
        clock.advance(back_off(taken.attempt))
    job = only_job(session)
    assert (job.state, job.attempts) == ("dead", MAX_ATTEMPTS)
    assert back_off(1) < back_off(2) <= back_off(100)


def test_buried_work_can_be_put_back_with_all_its_attempts(session, clock):
    test_failed_work_comes_back_later_and_later_and_is_buried_in_the_end(session, clock)
    assert replay(session, "k", now=clock.now())
    session.commit()
    assert claim(session, now=clock.now()).attempt == 1
    assert not replay(session, "unknown", now=clock.now())
