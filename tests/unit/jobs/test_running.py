import errno
from datetime import timedelta

import pytest
from sqlalchemy import select

from donations.jobs.models import Job
from donations.jobs.outbox import bury, enqueue_many, fail, finish
from donations.jobs.running import Runner, reason_of
from donations.kernel.database import begin_write
from donations.kernel.errors import GivenUp, TryAgainLater


def promise(session, clock, kind, *keys):
    enqueue_many(session, kind, [(key, {"key": key}) for key in keys], now=clock.now())
    session.commit()


def jobs(session):
    session.rollback()
    return {job.key: job for job in session.scalars(select(Job))}


def states(session):
    return {key: job.state for key, job in jobs(session).items()}


class Bulk:
    """Ends its jobs as it is told."""

    def __init__(self, at_once, end):
        self.at_once = at_once
        self.calls = []
        self.end = end

    def many(self, session, claims, clock):
        self.calls.append([one.key for one in claims])
        self.end(session, claims, clock)


def finish_all(session, claims, clock):
    for one in claims:
        begin_write(session)
        assert finish(session, one.job_id, one.lease, now=clock.now())
        session.commit()


def raising(error):
    def handler(*_given):
        raise error

    return handler


def test_work_that_can_never_succeed_is_buried_at_once_with_its_reason(session, sessions, clock):
    promise(session, clock, "x", "a")
    assert Runner(sessions, {"x": raising(GivenUp("The address is gone"))}, clock).run_due(
        session, "x"
    )
    job = jobs(session)["a"]
    assert (job.state, job.attempts, job.last_error) == ("dead", 1, "The address is gone")


def test_work_told_when_to_come_back_waits_that_long_and_keeps_its_attempts(
    session, sessions, clock
):
    at = clock.now() + timedelta(hours=3)
    runner = Runner(sessions, {"x": raising(TryAgainLater("the day is full", at))}, clock)
    promise(session, clock, "x", "a")
    runner.run_due(session, "x")
    job = jobs(session)["a"]
    assert (job.state, job.attempts, job.run_at) == ("ready", 0, at)
    assert job.last_error == "Waiting: the day is full"


def test_work_that_may_succeed_later_comes_back_after_a_while(session, sessions, clock):
    promise(session, clock, "x", "a")
    Runner(sessions, {"x": raising(TryAgainLater("slow"))}, clock).run_due(session, "x")
    job = jobs(session)["a"]
    assert (job.attempts, job.run_at) == (1, clock.now() + timedelta(seconds=5))


def test_bulk_work_comes_in_handfuls(session, sessions, clock):
    bulk = Bulk(2, finish_all)
    runner = Runner(sessions, {"x": bulk}, clock)
    promise(session, clock, "x", "a", "b", "c")
    assert [runner.run_due(session, "x") for _ in range(3)] == [2, 1, 0]
    assert bulk.calls == [["a", "b"], ["c"]]
    assert set(states(session).values()) == {"done"}


def test_what_a_bulk_handler_leaves_open_is_tried_again(session, sessions, clock):
    def end_some(own, claims, _clock):
        first, second, _third = claims
        begin_write(own)
        finish(own, first.job_id, first.lease, now=clock.now())
        bury(own, second.job_id, second.lease, "no such address")
        own.commit()

    promise(session, clock, "x", "a", "b", "c")
    Runner(sessions, {"x": Bulk(5, end_some)}, clock).run_due(session, "x")
    assert states(session) == {"a": "done", "b": "dead", "c": "ready"}
    assert jobs(session)["c"].run_at > clock.now()


@pytest.mark.parametrize("error", [ValueError("reader@example.org"), GivenUp("one of them")])
def test_one_fault_in_a_handful_buries_nobody_else(session, sessions, clock, error):
    def break_down(own, claims, _clock):
        begin_write(own)
        finish(own, claims[0].job_id, claims[0].lease, now=clock.now())
        own.commit()
        begin_write(own)
        finish(own, claims[1].job_id, claims[1].lease, now=clock.now())
        raise error

    promise(session, clock, "x", "a", "b")
    Runner(sessions, {"x": Bulk(5, break_down)}, clock).run_due(session, "x")
    assert states(session) == {"a": "done", "b": "ready"}
    assert "reader@" not in jobs(session)["b"].last_error


def test_a_whole_handful_waits_for_a_moment(session, sessions, clock):
    at = clock.now() + timedelta(days=1)
    bulk = Bulk(5, raising(TryAgainLater("tomorrow", at)))
    promise(session, clock, "x", "a", "b")
    Runner(sessions, {"x": bulk}, clock).run_due(session, "x")
    assert {(job.attempts, job.run_at) for job in jobs(session).values()} == {(0, at)}


def test_everything_in_hand_keeps_its_lease(session, sessions, clock):
    def take_long(own, claims, _clock):
        clock.advance(timedelta(seconds=80))
        with sessions() as other:
            runner.keep_leases(begin_write(other), now=clock.now())
            other.commit()
        clock.advance(timedelta(seconds=80))
        finish_all(own, claims, clock)

    runner = Runner(sessions, {"x": Bulk(5, take_long)}, clock)
    promise(session, clock, "x", "a", "b")
    assert runner.run_due(session, "x") == 2
    assert set(states(session).values()) == {"done"}
    assert runner._in_hand == {}


def test_named_jobs_are_run_each_by_its_own_handler(session, sessions, clock):
    seen, bulk = [], Bulk(5, finish_all)
    handlers = {"x": lambda _own, arguments, _now: seen.append(arguments["key"]), "y": bulk}
    runner = Runner(sessions, handlers, clock)
    promise(session, clock, "x", "a", "b")
    promise(session, clock, "y", "c", "d")
    ids = [job.id for job in jobs(session).values()]
    assert runner.run_these(ids) == 4
    assert (seen, bulk.calls) == (["a", "b"], [["c", "d"]])
    assert runner.run_these(ids) == 0


def test_a_fault_of_one_named_job_leaves_the_others_alone(session, sessions, clock):
    def fail_a(own, arguments, _now):
        if arguments["key"] == "a":
            raise ValueError

    promise(session, clock, "x", "a", "b")
    runner = Runner(sessions, {"x": fail_a}, clock)
    runner.run_these([job.id for job in jobs(session).values()])
    assert states(session) == {"a": "ready", "b": "done"}
    clock.advance(timedelta(minutes=1))
    (taken,) = [job for job in jobs(session).values() if job.key == "a"]
    assert not fail(session, taken.id, "no lease", "why", now=clock.now())


def test_a_reason_names_the_place_and_never_the_words():
    with pytest.raises(ValueError, match="secret") as caught:
        raise ValueError("secret@example.org")
    reason = reason_of(caught.value)
    assert reason.startswith("ValueError in test_a_reason")
    assert "secret" not in reason


def no_room(*_given):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("handler", [no_room, Bulk(5, no_room)])
def test_a_full_disk_is_no_fault_of_the_job_s(session, sessions, clock, handler):
    promise(session, clock, "x", "a")
    runner = Runner(sessions, {"x": handler}, clock)
    for _ in range(20):
        assert runner.run_due(session, "x") == 1
        assert runner.met_full_disk
        clock.advance(timedelta(minutes=1))
    job = jobs(session)["a"]
    assert (job.state, job.attempts) == ("ready", 0)
    assert job.last_error == "Waiting: the disk is full"


def test_room_is_noticed_by_the_first_job_that_is_done(session, sessions, clock):
    promise(session, clock, "x", "a")
    runner = Runner(sessions, {"x": lambda *_given: None}, clock)
    runner.met_full_disk = True
    runner.run_due(session, "x")
    assert not runner.met_full_disk
