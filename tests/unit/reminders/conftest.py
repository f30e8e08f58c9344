from __future__ import annotations

import pytest
from sqlalchemy import select
from tests_support.reminders import EMAIL, JANUARY

from donations.kernel.cadence import Frequency
from donations.kernel.money import Money
from donations.reminders.due import promise_due
from donations.reminders.forgetting import ReminderForgetter
from donations.reminders.models import Reminder
from donations.reminders.reminding import Choice, Wish, set_reminder


@pytest.fixture
def promise(app, session, master, clock, house):
    """Makes a promise and gives its public name."""

    def one(due_on=JANUARY, email=EMAIL, *, holdout=0, choice=True, **changes):
        chosen = Choice(Frequency.MONTHLY, Money(1500, "usd")) if choice else None
        wish = Wish(email, due_on, "ru", "article", chosen, **changes)
        zone = house.newsroom.zone
        return set_reminder(
            session, master, wish, zone=zone, now=clock.now(), holdout_percent=holdout
        ).public_id

    return one


@pytest.fixture
def rows(session):
    def all_of_them():
        session.rollback()
        session.expire_all()
        return session.scalars(select(Reminder).order_by(Reminder.id)).all()

    return all_of_them


@pytest.fixture
def pass_time(worker, session, clock, house):
    """Lets what reminders have scheduled run, and the worker work, at a moment."""

    def to(moment):
        clock.at = moment
        for scheduled in (promise_due, ReminderForgetter(house.newsroom.reminder_kept_days)):
            scheduled(session, {}, clock.now())
            session.commit()
        worker.run_due()
        session.rollback()

    return to
