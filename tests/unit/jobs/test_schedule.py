from datetime import timedelta

from sqlalchemy import select

from donations.jobs.models import Job
from donations.jobs.outbox import claim, enqueue, finish
from donations.jobs.schedule import Schedule

NIGHTLY = Schedule("nightly", timedelta(days=1))


def promise(session, clock):
    NIGHTLY.promise(session, clock.now())
    session.commit()


def run(session, clock):
    taken = claim(session, now=clock.now())
    if taken is not None:
        finish(session, taken.job_id, taken.lease, now=clock.now())
        session.commit()
    return taken is not None


def count(session):
    session.rollback()
    return len(session.scalars(select(Job)).all())


def test_two_schedulers_promise_a_period_once(session, clock):
    promise(session, clock)
    promise(session, clock)
    assert run(session, clock)
    promise(session, clock)
    assert not run(session, clock)
    clock.advance(timedelta(days=1))
    promise(session, clock)
    assert run(session, clock)


def test_days_that_were_missed_are_caught_up_by_one_run(session, clock):
    promise(session, clock)
    clock.advance(timedelta(days=3))  # promised, and no worker since
    promise(session, clock)
    assert run(session, clock)
    promise(session, clock)
    assert not run(session, clock)
    clock.advance(timedelta(days=1))
    promise(session, clock)
    assert run(session, clock)
    assert count(session) == 2


def test_what_recurring_work_left_for_later_is_no_missed_day(session, clock):
    enqueue(session, "nightly", "nightly:2026-11-24T12:10", {"went": "on"}, now=clock.now())
    promise(session, clock)
    assert count(session) == 2


def test_a_clock_put_back_promises_nothing_again(session, clock):
    promise(session, clock)
    run(session, clock)
    for hours in (-3, 2, -1, 0):
        clock.advance(timedelta(hours=hours))
        promise(session, clock)
        run(session, clock)
    assert count(session) == 1


def test_a_clock_that_ran_ahead_and_came_back_doubles_no_day(session, clock):
    clock.advance(timedelta(days=30))
    promise(session, clock)
    clock.advance(timedelta(days=-30))
    promise(session, clock)
    assert run(session, clock)
    clock.advance(timedelta(days=30))
    promise(session, clock)
    assert run(session, clock)
    assert not run(session, clock)
    assert count(session) == 2


def test_work_in_hand_over_midnight_does_not_swallow_the_next_day(session, clock):
    promise(session, clock)
    assert claim(session, now=clock.now()) is not None
    clock.advance(timedelta(days=1))
    session.execute(select(Job))
    held = session.scalars(select(Job)).one()
    held.run_at = clock.now() + timedelta(seconds=60)
    session.commit()
    promise(session, clock)
    assert count(session) == 2
