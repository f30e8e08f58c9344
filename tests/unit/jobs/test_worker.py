from datetime import timedelta

from sqlalchemy import func, select, text

from donations.giving.models import Counter
from donations.jobs.models import Heartbeat, Job
from donations.jobs.outbox import LEASE, claim, enqueue, enqueue_many, finish, finish_many
from donations.jobs.worker import HEARTBEAT, Worker
from donations.kernel.database import begin_write


def count_up(session, _arguments, _now):
    begin_write(session)
    row = session.get(Counter, "x")
    if row is None:
        session.add(Counter(name="x", value=1))
    else:
        row.value += 1


def break_down(session, _arguments, _now):
    count_up(session, _arguments, _now)
    raise ValueError("reader@example.org typed this")


def value(session):
    session.rollback()
    row = session.get(Counter, "x")
    return 0 if row is None else row.value


def promise(session, clock, kind, key):
    enqueue(session, kind, key, now=clock.now())
    session.commit()


def test_due_work_is_done_once_and_marked_in_the_same_commit(session, sessions, clock):
    worker = Worker(sessions, {"count": count_up}, clock)
    promise(session, clock, "count", "a")
    promise(session, clock, "count", "a")
    assert worker.run_due() == 1
    assert worker.run_due() == 0
    assert value(session) == 1
    assert session.scalars(select(Job.state)).all() == ["done"]


def test_one_job_that_breaks_leaves_no_effect_and_stops_no_other(session, sessions, clock):
    worker = Worker(sessions, {"count": count_up, "break": break_down}, clock)
    promise(session, clock, "break", "a")
    promise(session, clock, "count", "b")
    worker.run_due()
    assert value(session) == 1
    broken = session.scalars(select(Job).where(Job.kind == "break")).one()
    assert broken.state == "ready"
    assert "ValueError in break_down" in broken.last_error
    assert "reader@example.org" not in broken.last_error


def test_whoever_waits_for_a_receipt_waits_for_one_reminder_at_most(session, sessions, clock):
    order = []

    class Reminders:
        at_once = 1

        def many(self, own, claims, _clock):
            order.extend(one.kind for one in claims)
            begin_write(own)
            assert finish_many(own, claims, now=clock.now())
            own.commit()

    def receipt(_own, _arguments, _now):
        order.append("receipt")

    worker = Worker(sessions, {"reminder": Reminders(), "receipt": receipt}, clock)
    enqueue_many(session, "reminder", [(f"r{n}", {}) for n in range(30)], now=clock.now())
    session.commit()
    worker.run_one()
    clock.advance(timedelta(hours=1))
    promise(session, clock, "receipt", "a")
    worker.run_one()
    assert order == ["reminder", "receipt"]
    assert worker.run_one(bulk=False) == 0
    assert worker.run_due() == 29


def test_a_flood_of_a_hundred_thousand_is_no_burden_to_others(session, sessions, clock):
    class Reminders:
        at_once = 100

        def many(self, *_given):
            raise AssertionError("nobody asked for these")

    rows = ((f"r{n}", {"row": n}) for n in range(100_000))
    assert enqueue_many(session, "reminder", rows, now=clock.now()) == 100_000
    session.commit()
    worker = Worker(sessions, {"reminder": Reminders(), "count": count_up}, clock)
    for number in range(5):
        promise(session, clock, "count", f"receipt{number}")
    assert [worker.run_one() for _ in range(5)] == [1] * 5
    assert value(session) == 5
    plan = plan_of(
        session, select(func.min(Job.run_at)).where(Job.state == "ready", Job.kind == "x")
    )
    assert "ix_job_due" in plan


def plan_of(session, statement):
    explain = "EXPLAIN QUERY PLAN " if session.get_bind().dialect.name == "sqlite" else "EXPLAIN "
    words = statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    return "\n".join(str(row) for row in session.execute(text(explain + str(words))))


def test_an_unknown_kind_fails_visibly_and_is_kept(session, sessions, clock):
    promise(session, clock, "nobody does this", "a")
    Worker(sessions, {}, clock).run_due()
    session.rollback()
    job = session.scalars(select(Job)).one()
    assert job.state == "ready"
    assert "KeyError" in job.last_error


def test_effects_are_rolled_back_when_the_lease_was_lost_meanwhile(session, sessions, clock):
    def too_slow(inner, _arguments, _now):
        clock.advance(LEASE)
        with sessions() as other:
            assert claim(other, now=clock.now()) is not None
        count_up(inner, _arguments, _now)

    promise(session, clock, "slow", "a")
    Worker(sessions, {"slow": too_slow}, clock).run_one()
    assert value(session) == 0


def test_a_long_job_keeps_its_lease_while_its_worker_lives(session, sessions, clock):
    taken_by_another = []

    def take_long(own, _arguments, _now):
        for _ in range(5):
            clock.advance(LEASE - timedelta(seconds=1))
            worker.tick()
            taken_by_another.append(claim(session, now=clock.now()))
        count_up(own, _arguments, _now)

    worker = Worker(sessions, {"long": take_long}, clock)
    promise(session, clock, "long", "a")
    worker.run_due()
    assert taken_by_another == [None] * 5
    assert value(session) == 1
    job = session.scalars(select(Job)).one()
    assert (job.state, job.attempts) == ("done", 1)


def test_a_tick_is_a_sign_of_life(session, sessions, clock):
    Worker(sessions, {}, clock).tick()
    session.rollback()
    assert session.get(Heartbeat, HEARTBEAT).beat_at == clock.now()


def test_a_worker_that_starts_frees_what_a_wrong_clock_took_for_a_year(session, sessions, clock):
    promise(session, clock, "count", "a")
    taken = claim(session, now=clock.now() + timedelta(days=365))
    worker = Worker(sessions, {"count": count_up}, clock)
    assert worker.run_due() == 0
    worker._recover()
    assert worker.run_due() == 1
    assert value(session) == 1
    assert not finish(session, taken.job_id, taken.lease, now=clock.now())


def test_a_worker_in_the_background_finishes_and_stops(session, sessions, clock):
    promise(session, clock, "count", "a")
    worker = Worker(sessions, {"count": count_up}, clock)
    worker.start(1)
    for _ in range(200):
        if value(session):
            break
        session.connection().exec_driver_sql("SELECT 1")
    worker.stop()
    assert value(session) == 1


def waits_of(worker, rounds):
    """What a worker's thread waits between its rounds, which are as many."""
    waited = []

    def wait(seconds):
        waited.append(seconds)
        if len(waited) == rounds:
            worker._stopping.set()

    worker._stopping.wait = wait
    worker._work_without_bulk()
    return waited


def test_a_worker_that_cannot_reach_its_jobs_waits_longer_each_time(sessions, clock):
    worker = Worker(sessions, {}, clock)

    def away(**_given):
        raise OSError

    worker.run_one = away
    assert waits_of(worker, 7) == [1, 2, 4, 8, 8, 8, 8]


def test_a_worker_that_met_a_full_disk_goes_slowly_until_there_is_room(sessions, clock):
    worker = Worker(sessions, {}, clock)
    found = iter([True, True, False, False])

    def one_job(**_given):
        worker.runner.met_full_disk = next(found)
        return int(worker.runner.met_full_disk)

    worker.run_one = one_job
    assert waits_of(worker, 4) == [1, 2, 0.5, 0.5]
