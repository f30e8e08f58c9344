from datetime import timedelta
from zoneinfo import ZoneInfo

from donations.jobs.claiming import LEASE, claim_due
from donations.jobs.outbox import beat, bury, enqueue_many, finish, pause
from donations.reports.jobs import (
    dead_jobs,
    dead_kinds,
    kinds_of_work,
    late_kinds,
    patience,
    pulse,
)

ZONE = ZoneInfo("Europe/Amsterdam")


def promise(session, clock, kind, *keys, ago=timedelta()):
    enqueue_many(session, kind, [(key, {}) for key in keys], now=clock.now() - ago)
    session.commit()


def end(session, clock, kind, how):
    (taken,) = claim_due(session, kind, 1, now=clock.now())
    how(session, taken.job_id, taken.lease)
    session.commit()


def done(session, clock, kind):
    end(session, clock, kind, lambda *held: finish(*held, now=clock.now()))


def test_a_kind_is_told_by_what_is_left_of_it_and_what_was_done_today(session, clock):
    promise(session, clock, "reminder", *"abcdef", ago=timedelta(minutes=9))
    done(session, clock, "reminder")
    clock.advance(timedelta(hours=13))  # past midnight in Amsterdam
    done(session, clock, "reminder")
    end(session, clock, "reminder", lambda *held: bury(*held, "no such address"))
    claim_due(session, "reminder", 1, now=clock.now())
    promise(session, clock, "reminder", "next", ago=-timedelta(days=30))
    (one,) = kinds_of_work(session, ZONE, clock.now())
    assert (one.kind, one.later, one.due, one.in_hand) == ("reminder", 1, 2, 1)
    assert (one.dead, one.done_today, one.open) == (1, 1, 3)
    assert one.late == timedelta(hours=13, minutes=9)
    assert one.is_late


def test_paused_work_is_not_late_and_says_who_paused_it(session, clock):
    promise(session, clock, "receipt", "a", ago=timedelta(days=1))
    pause(session, "receipt", by="anna", now=clock.now())
    pause(session, "welcome", by="anna", now=clock.now())
    session.commit()
    receipt, welcome = kinds_of_work(session, ZONE, clock.now())
    assert (receipt.is_late, receipt.paused_by, receipt.paused_at) == (False, "anna", clock.now())
    assert (welcome.kind, welcome.open) == ("welcome", 0)
    assert late_kinds(session, clock.now()) == {}


def test_what_needs_a_person_comes_first(session, clock):
    promise(session, clock, "a_is_well", "a")
    promise(session, clock, "b_is_dead", "b")
    end(session, clock, "b_is_dead", lambda *held: bury(*held, "why"))
    promise(session, clock, "c_is_late", "c", ago=timedelta(hours=1))
    kinds = [one.kind for one in kinds_of_work(session, ZONE, clock.now())]
    assert kinds == ["c_is_late", "b_is_dead", "a_is_well"]


def test_letters_people_wait_for_are_late_after_minutes_and_bulk_after_hours(session, clock):
    promise(session, clock, "receipt", "a", ago=timedelta(minutes=6))
    promise(session, clock, "reminder", "b", ago=timedelta(minutes=6))
    assert late_kinds(session, clock.now()) == {"receipt": timedelta(minutes=6)}
    assert patience("reminder") > timedelta(hours=1) > patience("whatever is new")


def test_the_dead_are_told_with_their_reason_the_latest_first(session, clock):
    promise(session, clock, "receipt", "a", "b")
    for _ in range(2):
        clock.advance(timedelta(minutes=1))
        end(session, clock, "receipt", lambda *held: bury(*held, "The address is gone"))
    latest, first = dead_jobs(session)
    assert (latest.key, first.key) == ("b", "a")
    assert latest.tried_at == clock.now()
    assert (latest.attempts, latest.reason) == (1, "The address is gone")
    assert len(dead_jobs(session, 1)) == 1
    assert dead_kinds(session) == {"receipt": 2}
    assert timedelta() < LEASE


def test_a_sign_of_life_from_the_future_is_no_sign_of_life(session, clock):
    beat(session, "worker", now=clock.now() + timedelta(days=365))
    beat(session, "relay", now=clock.now() - timedelta(seconds=5))
    session.commit()
    alive = pulse(session, clock.now())
    assert alive.worker == timedelta(days=365)
    assert alive.relay == timedelta(seconds=5)
    assert (alive.bulk_worker, alive.broker) == (None, None)
