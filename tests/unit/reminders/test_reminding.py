import threading
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from donations.jobs.models import Job
from donations.kernel.cadence import Frequency
from donations.kernel.money import Money
from donations.reminders.models import Reminder
from donations.reminders.months import due_at, local_date, offered_months
from donations.reminders.reminding import (
    Choice,
    MonthNotOffered,
    Wish,
    cancel_reminder,
    set_reminder,
)
from donations.vault.models import DataKey

ZONE = ZoneInfo("Europe/Amsterdam")
JANUARY = date(2027, 1, 1)


def wish(month=JANUARY, email="later@reader.example", choice=None, language="en"):
    return Wish(email, month, language, "article", choice)


def ask(session, master, clock, **changes):
    return set_reminder(session, master, wish(**changes), zone=ZONE, now=clock.now())


def reminders(session):
    session.rollback()
    return session.scalars(select(Reminder)).all()


def test_a_reminder_is_promised_for_the_first_morning_of_its_month(session, master, clock):
    ask(session, master, clock)
    [row] = reminders(session)
    assert (row.month, row.state) == (JANUARY, "set")
    [job] = session.scalars(select(Job)).all()
    assert job.run_at == datetime(2027, 1, 1, 8, tzinfo=UTC)


def test_asking_twice_for_a_month_is_one_reminder_with_the_latest_choice(session, master, clock):
    ask(session, master, clock)
    ask(
        session,
        master,
        clock,
        email="LATER@reader.example",
        choice=Choice(Frequency.MONTHLY, Money(1500, "usd")),
    )
    [row] = reminders(session)
    assert (row.frequency, row.amount_minor) == ("monthly", 1500)
    assert len(session.scalars(select(Job)).all()) == 1


def test_two_months_are_two_reminders(session, master, clock):
    ask(session, master, clock)
    ask(session, master, clock, month=date(2027, 2, 1))
    assert len(reminders(session)) == 2


def test_asking_at_once_from_two_windows_is_one_reminder(sessions, session, master, clock):
    def one():
        with sessions() as own:
            ask(own, master, clock)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reminders(session)) == 1


@pytest.mark.parametrize("month", [date(2026, 11, 1), date(2026, 10, 1), date(2027, 5, 1)])
def test_a_month_not_on_offer_is_refused(session, master, clock, month):
    with pytest.raises(MonthNotOffered):
        ask(session, master, clock, month=month)
    assert reminders(session) == []


def test_a_cancelled_reminder_forgets_the_address_and_can_be_asked_for_again(
    session, master, clock
):
    name = ask(session, master, clock).public_id
    cancel_reminder(session, name, clock.now())
    [row] = reminders(session)
    assert row.state == "cancelled"
    assert session.get_one(DataKey, row.data_key_id).wrapped is None
    ask(session, master, clock)
    [row] = reminders(session)
    assert row.state == "set"


def test_cancelling_takes_back_every_month_still_owed_to_that_person_alone(session, master, clock):
    name = ask(session, master, clock).public_id
    ask(session, master, clock, month=date(2027, 2, 1), email="LATER@reader.example")
    ask(session, master, clock, email="other@reader.example")
    cancel_reminder(session, name, clock.now())
    assert sorted(row.state for row in reminders(session)) == ["cancelled", "cancelled", "set"]


def test_a_letter_already_sent_stays_sent_when_the_other_months_are_cancelled(
    session, master, clock
):
    sent = ask(session, master, clock)
    name = sent.public_id
    ask(session, master, clock, month=date(2027, 2, 1))
    sent.state, sent.sent_at = "sent", clock.now()
    session.commit()
    cancel_reminder(session, name, clock.now())
    states = {row.month.month: row.state for row in reminders(session)}
    assert states == {1: "sent", 2: "cancelled"}


@pytest.mark.parametrize("zone", ["UTC", "Europe/Moscow", "America/Chicago", "Pacific/Auckland"])
def test_on_every_day_of_ten_years_the_letter_is_due_on_the_first_of_an_offered_month(zone):
    there = ZoneInfo(zone)
    for count in range(3653):
        now = datetime(2026, 1, 1, 11, 30, tzinfo=UTC) + timedelta(days=count)
        today = local_date(now, there)
        for month in offered_months(today):
            due = due_at(month, there)
            local = due.astimezone(there)
            assert (local.year, local.month, local.day, local.hour) == (
                month.year,
                month.month,
                1,
                9,
            )
            assert due > now
