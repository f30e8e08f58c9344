from datetime import timedelta

from sqlalchemy import select, update

from donations.jobs.claiming import (
    LEASE,
    MAX_ATTEMPTS,
    NEVER_CAME_BACK,
    Head,
    claim,
    claim_due,
    claim_these,
    due_kinds,
    heads,
    prolong,
)
from donations.jobs.models import Job
from donations.jobs.outbox import enqueue, enqueue_many, finish
from donations.jobs.pauses import pause, resume


def promise(session, clock, kind, *keys, **more):
    enqueue_many(session, kind, [(key, {}) for key in keys], now=clock.now(), **more)
    session.commit()


def test_every_kind_with_work_left_shows_its_first(session, clock):
    assert heads(session) == ()
    promise(session, clock, "b", "b2", run_at=clock.now() + timedelta(hours=1))
    promise(session, clock, "b", "b1")
    promise(session, clock, "a", "a1", run_at=clock.now() + timedelta(days=1))
    assert heads(session) == (
        Head("a", clock.now() + timedelta(days=1)),
        Head("b", clock.now()),
    )
    assert due_kinds(session, now=clock.now()) == ["b"]
    assert due_kinds(session, now=clock.now() + timedelta(days=1)) == ["b", "a"]


def test_several_of_a_kind_are_taken_together_the_longest_due_first(session, clock):
    promise(session, clock, "bulk", "late", run_at=clock.now() + timedelta(seconds=1))
    promise(session, clock, "bulk", "first", run_at=clock.now() - timedelta(seconds=1))
    promise(session, clock, "bulk", "a", "b")
    promise(session, clock, "other", "c")
    taken = claim_due(session, "bulk", 2, now=clock.now())
    assert [one.key for one in taken] == ["first", "a"]
    assert len({one.lease for one in taken}) == 1
    assert taken[0].due_at == clock.now() - timedelta(seconds=1)
    assert [one.key for one in claim_due(session, "bulk", 9, now=clock.now())] == ["b"]
    assert claim_due(session, "bulk", 9, now=clock.now()) == []


def test_named_jobs_are_taken_only_while_due_and_free(session, clock):
    promise(session, clock, "x", "due", "taken", "done")
    promise(session, clock, "x", "later", run_at=clock.now() + timedelta(days=1))
    promise(session, clock, "y", "paused")
    ids = dict(session.execute(select(Job.key, Job.id)).all())
    (ended,) = claim_these(session, [ids["done"]], now=clock.now())
    assert finish(session, ended.job_id, ended.lease, now=clock.now())
    session.commit()
    assert len(claim_these(session, [ids["taken"]], now=clock.now())) == 1
    pause(session, "y", by="somebody", now=clock.now())
    session.commit()
    taken = claim_these(session, [*ids.values(), 4711], now=clock.now())
    assert [one.key for one in taken] == ["due"]


def test_a_paused_kind_is_left_alone_until_it_may_go_on(session, clock):
    promise(session, clock, "x", "a")
    pause(session, "x", by="somebody", now=clock.now())
    pause(session, "x", by="somebody else", now=clock.now())
    session.commit()
    assert claim(session, now=clock.now()) is None
    assert resume(session, "x", now=clock.now())
    assert not resume(session, "x", now=clock.now())
    session.commit()
    assert claim(session, now=clock.now()).key == "a"


def test_only_a_lease_still_held_is_prolonged(session, clock):
    enqueue(session, "x", "a", now=clock.now())
    session.commit()
    lost = claim(session, now=clock.now())
    clock.advance(LEASE)
    held = claim(session, now=clock.now())
    clock.advance(LEASE - timedelta(seconds=1))
    prolong(session, {lost.job_id: lost.lease}, now=clock.now())
    session.commit()
    assert session.scalar(select(Job.run_at)) == clock.now() + timedelta(seconds=1)
    prolong(session, {held.job_id: held.lease}, now=clock.now())
    session.commit()
    session.rollback()
    assert session.scalar(select(Job.run_at)) == clock.now() + LEASE


def test_work_that_ends_every_worker_is_buried_in_the_end(session, clock):
    promise(session, clock, "x", "poison")
    for _ in range(MAX_ATTEMPTS):
        assert claim(session, now=clock.now()) is not None
        clock.advance(LEASE)
    assert claim(session, now=clock.now()) is None
    session.rollback()
    job = session.scalars(select(Job)).one()
    assert (job.state, job.last_error, job.lease) == ("dead", NEVER_CAME_BACK, None)


def test_the_last_attempt_may_still_succeed(session, clock):
    promise(session, clock, "x", "a")
    session.execute(update(Job).values(attempts=MAX_ATTEMPTS - 1))
    session.commit()
    last = claim(session, now=clock.now())
    assert finish(session, last.job_id, last.lease, now=clock.now())
