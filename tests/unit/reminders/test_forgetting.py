from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from donations.jobs.models import Job
from donations.reminders.due import promise_due
from donations.reminders.forgetting import ReminderForgetter
from donations.reminders.models import Reminder
from donations.reminders.reminding import cancel_reminder
from donations.vault.models import DataKey

DUE = datetime(2027, 1, 1, 8, tzinfo=UTC)
KEPT = 30


@pytest.fixture
def forget(session):
    def on(moment):
        ReminderForgetter(KEPT)(session, {}, moment)
        session.rollback()

    return on


@pytest.fixture
def wrapped(session, rows):
    return lambda: session.get_one(DataKey, rows()[0].data_key_id).wrapped


def test_a_promise_that_stands_is_never_forgotten(promise, forget, rows, wrapped):
    promise()
    index = rows()[0].email_index
    forget(DUE + timedelta(days=300))
    assert wrapped() is not None
    assert rows()[0].email_index == index


def test_after_cancelling_nothing_finds_the_row_any_more(promise, session, clock, forget, rows):
    name = promise()
    index = rows()[0].email_index
    cancel_reminder(session, name, clock.now())
    forget(clock.now())
    assert rows()[0].email_index != index
    assert rows()[0].forget_at is None


def test_a_letter_that_was_given_up_is_forgotten_in_time(promise, session, forget, rows, wrapped):
    promise()
    promise_due(session, {}, DUE)
    session.execute(update(Job).values(state="dead"))
    session.commit()
    forget(DUE + timedelta(days=KEPT - 1))
    assert rows()[0].state == "set"
    forget(DUE + timedelta(days=KEPT))
    assert (rows()[0].state, wrapped()) == ("cancelled", None)


def test_a_letter_nobody_tried_to_send_for_a_year_is_not_owed(promise, forget, rows, wrapped):
    promise()
    forget(DUE + timedelta(days=366))
    assert (rows()[0].state, wrapped()) == ("cancelled", None)


def test_an_address_without_an_end_of_its_own_is_forgotten(
    promise, session, pass_time, forget, rows, wrapped
):
    promise()
    pass_time(DUE)
    session.execute(update(Reminder).values(forget_at=None))
    session.commit()
    index = rows()[0].email_index
    forget(DUE + timedelta(days=KEPT - 1))
    assert wrapped() is not None
    forget(DUE + timedelta(days=KEPT + 1))
    assert wrapped() is None
    assert rows()[0].email_index != index


def test_many_are_forgotten_some_hundreds_at_a_time(promise, session, clock, forget, monkeypatch):
    monkeypatch.setattr("donations.reminders.forgetting._AT_ONCE", 2)
    for number in range(5):
        cancel_reminder(session, promise(email=f"r{number}@example.org"), clock.now())
    forget(clock.now())
    left = session.query(Reminder).where(Reminder.forget_at.is_not(None)).count()
    assert left == 0
