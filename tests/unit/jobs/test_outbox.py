from datetime import timedelta

from sqlalchemy import select

from donations.jobs.models import Job
from donations.jobs.outbox import (
    LEASE,
    MAX_ATTEMPTS,
    MOST_WAITING,
    back_off,
    bury,
    claim,
    enqueue,
    enqueue_many,
    fail,
    finish,
    finish_many,
    put_off,
    ready_count,
    replay,
    replay_dead,
    room,
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
        session.commit()
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


def test_many_promises_are_made_at_once_and_none_twice(session, clock):
    promise(session, clock, "b")
    work = [(key, {"row": key}) for key in "abc"] + [(f"k{n}", {}) for n in range(2_000)]
    assert enqueue_many(session, "kind", work, now=clock.now()) == 2_002
    assert enqueue_many(session, "kind", work, now=clock.now()) == 0
    assert enqueue_many(session, "kind", [], now=clock.now()) == 0
    assert ready_count(session, "kind") == 2_003
    assert ready_count(session, "other") == 0
    assert room(session, "kind") == MOST_WAITING - 2_003


def test_work_put_off_waits_for_its_moment_and_keeps_its_attempts(session, clock):
    promise(session, clock)
    for _ in range(MAX_ATTEMPTS * 2):
        taken = claim(session, now=clock.now())
        assert taken.attempt == 1
        at = clock.now() + timedelta(hours=5)
        assert put_off(session, taken.job_id, taken.lease, at, "The mailbox is full", clock.now())
        session.commit()
        assert claim(session, now=at - timedelta(seconds=1)) is None
        clock.at = at
    assert only_job(session).last_error == "The mailbox is full"


def test_nobody_ends_what_is_in_another_hand(session, clock):
    promise(session, clock)
    first = claim(session, now=clock.now())
    clock.advance(LEASE)
    second = claim(session, now=clock.now())
    lost = (session, first.job_id, first.lease)
    assert not fail(*lost, "why", now=clock.now())
    assert not bury(*lost, "why")
    assert not put_off(*lost, clock.now(), "why", clock.now())
    assert not finish_many(session, [first], now=clock.now())
    assert finish_many(session, [second], now=clock.now()) == {second.job_id}
    assert not finish_many(session, [second], now=clock.now())
    assert only_job(session).last_error is None


def test_all_dead_work_of_a_kind_is_put_back_together(session, clock):
    for key in "ab":
        promise(session, clock, key)
        taken = claim(session, now=clock.now())
        assert bury(session, taken.job_id, taken.lease, "why")
        session.commit()
    assert claim(session, now=clock.now()) is None
    assert replay_dead(session, "other", now=clock.now()) == 0
    assert replay_dead(session, "kind", now=clock.now()) == 2
    session.commit()
    assert claim(session, now=clock.now()).attempt == 1
