from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

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
        job.state = "done"
    session.commit()
    run(session)
    assert promised(session) == 6


def test_two_schedulers_promise_the_same_letters(promise, sessions, session):
    promise()
    with sessions() as one, sessions() as other:
        run(one)
        run(other)
    assert promised(session) == 1
