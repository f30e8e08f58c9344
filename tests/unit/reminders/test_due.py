from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update

from donations.jobs import outbox as jobs
from donations.jobs.models import Job
from donations.reminders.due import promise_due

DUE = datetime(2027, 1, 1, 8, tzinfo=UTC)


def promised(session):
    session.rollback()
    return session.scalar(select(func.count()).where(Job.kind == "reminder"))


def run(session, now=DUE):
    promise_due(session, {}, now)
    session.commit()


def test_each_letter_is_promised_once_however_often_it_is_found(promise, session):
    for number in range(7):
        promise(email=f"reader{number}@example.org")
    run(session, DUE - timedelta(seconds=1))
    assert promised(session) == 0
    for _ in range(3):
        run(session)
    assert promised(session) == 7


def test_no_more_wait_than_may_and_the_rest_come_later(promise, session, monkeypatch, clock):
    for number in range(7):
        promise(email=f"reader{number}@example.org")
    monkeypatch.setattr(jobs, "MOST_WAITING", 3)
    run(session)
    run(session)
    assert promised(session) == 3
    for job in session.scalars(select(Job)):
        job.state = "dead"
    session.commit()
    run(session)
    assert promised(session) == 6


def test_two_schedulers_at_once_promise_the_same_letters(promise, sessions, session):
    for number in range(20):
        promise(email=f"reader{number}@example.org")
    gate, failures = threading.Barrier(3), []

    def schedule():
        try:
            with sessions() as own:
                gate.wait()
                run(own)
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=schedule) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert promised(session) == 20


def test_a_letter_given_up_is_not_promised_again_and_stops_no_other(promise, session):
    for number in range(3):
        promise(email=f"reader{number}@example.org")
    run(session)
    session.execute(update(Job).values(state="dead"))
    session.commit()
    promise(email="another@example.org")
    run(session)
    states = session.scalars(select(Job.state).where(Job.kind == "reminder")).all()
    assert sorted(states) == ["dead"] * 3 + ["ready"]
