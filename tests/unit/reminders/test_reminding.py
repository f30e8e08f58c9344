from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from tests_support.reminders import EMAIL, JANUARY

from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound
from donations.mailer.message import Stream
from donations.mailer.suppressing import withheld
from donations.reminders.models import Reminder
from donations.reminders.reminding import (
    DayNotOffered,
    Wish,
    again,
    cancel_reminder,
    find_reminder,
    never,
    note_opened,
    owed_with,
    set_reminder,
)
from donations.reminders.wishes import is_held_back
from donations.vault.keys import normalised_email
from donations.vault.models import DataKey

FEBRUARY = date(2027, 2, 1)


def wrapped(session, row):
    return session.get_one(DataKey, row.data_key_id).wrapped


def test_a_promise_is_one_row_with_a_sealed_address_and_its_moment(promise, rows, house):
    name = promise(stage="after", campaign="winter", second=True)
    [row] = rows()
    assert (row.public_id, row.month, row.due_on) == (name, JANUARY, JANUARY)
    assert row.due_at.astimezone(house.newsroom.zone).hour == 9
    assert (row.stage, row.placement, row.campaign, row.second) == (
        *("after", "article", "winter", True),
    )
    assert (row.frequency, row.amount_minor, row.currency) == ("monthly", 1500, "usd")
    assert EMAIL.encode() not in row.email_sealed


def test_a_person_and_a_month_are_one_promise_and_the_latest_choice_counts(promise, rows):
    first = promise()
    assert promise(date(2027, 1, 20), email=EMAIL.upper(), choice=False) == first
    [row] = rows()
    assert (row.due_on, row.amount_minor) == (date(2027, 1, 20), None)
    promise(FEBRUARY)
    assert len(rows()) == 2


def test_two_clicks_at_once_are_one_promise(app, sessions, master, clock, house, rows):
    gate, failures = threading.Barrier(4), []

    def ask():
        try:
            with sessions() as session:
                gate.wait()
                wish = Wish(EMAIL, JANUARY, "en", "article")
                set_reminder(session, master, wish, zone=house.newsroom.zone, now=clock.now())
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(rows()) == 1


@pytest.mark.parametrize("day", [date(2026, 11, 24), date(2026, 11, 1), date(2027, 12, 25)])
def test_today_the_past_and_the_far_future_are_refused(promise, rows, day):
    with pytest.raises(DayNotOffered):
        promise(day)
    assert rows() == []


def test_cancelling_ends_everything_owed_to_the_person_and_forgets_the_address(
    promise, session, rows, clock
):
    first, _second = promise(), promise(FEBRUARY)
    other = promise(email="somebody@else.example")
    for _ in range(2):
        cancel_reminder(session, first, clock.now())
    assert {row.public_id: row.state for row in rows()}[other] == "set"
    mine = [row for row in rows() if row.public_id != other]
    assert {row.state for row in mine} == {"cancelled"}
    assert {wrapped(session, row) for row in mine} == {None}
    assert promise() == first
    assert rows()[0].state == "set"
    with pytest.raises(NotFound):
        cancel_reminder(session, "nobody", clock.now())


def test_never_ends_everything_and_keeps_reminders_from_the_address(
    promise, session, rows, clock, master
):
    name = promise()
    promise(FEBRUARY)
    for _ in range(2):
        never(session, name, clock.now())
    assert {row.state for row in rows()} == {"cancelled"}
    index = master.index("email", normalised_email(EMAIL))
    assert withheld(session, index, Stream.REMINDER)
    assert not withheld(session, index, Stream.NEEDED)


def test_a_new_series_takes_the_place_of_the_old_one(promise, rows):
    promise(date(2026, 12, 24), every_months=1)
    promise(date(2027, 2, 24), every_months=3)
    assert [(row.every_months, row.state) for row in rows()] == [(1, "cancelled"), (3, "set")]


def test_another_letter_from_the_letter_needs_no_address(
    promise, session, rows, clock, master, house, pass_time, outbox
):
    name = promise()
    zone = house.newsroom.zone
    pass_time(rows()[0].due_at)
    with pytest.raises(DayNotOffered):
        again(session, master, name, date(2020, 1, 1), zone=zone, now=clock.now())
    again(session, master, name, date(2027, 1, 20), zone=zone, now=clock.now())
    again(session, master, name, date(2027, 3, 1), zone=zone, now=clock.now())
    found = rows()
    assert [(row.due_on, row.state, row.amount_minor) for row in found] == [
        (date(2027, 1, 20), "set", 1500),
        (date(2027, 3, 1), "set", 1500),
    ]
    pass_time(found[0].due_at)
    with pytest.raises(DayNotOffered):  # no third one in a month
        again(session, master, name, date(2027, 1, 25), zone=zone, now=clock.now())
    pass_time(rows()[1].due_at)
    assert [letter["To"] for letter in outbox.messages] == [EMAIL] * 3


def test_once_the_address_is_forgotten_there_is_no_other_letter(
    promise, session, clock, master, house
):
    name = promise()
    cancel_reminder(session, name, clock.now())
    with pytest.raises(NotFound):
        again(session, master, name, FEBRUARY, zone=house.newsroom.zone, now=clock.now())


def test_the_first_opening_counts_and_only_of_a_letter_that_went_out(
    promise, session, rows, clock, pass_time
):
    name = promise()
    note_opened(session, name, clock.now())
    note_opened(session, "nobody", clock.now())
    assert rows()[0].opened_at is None
    pass_time(rows()[0].due_at)
    opened = clock.now()
    note_opened(session, name, opened)
    note_opened(session, name, opened + timedelta(days=1))
    assert rows()[0].opened_at == opened


def test_one_in_ten_is_held_back_within_the_month_and_always_the_same(master):
    wishes = [Wish(f"reader{n}@example.org", JANUARY, "en", "article") for n in range(2000)]
    held = [wish for wish in wishes if is_held_back(master, wish, 10)]
    assert 140 < len(held) < 260
    assert held == [wish for wish in wishes if is_held_back(master, wish, 10)]
    assert not any(is_held_back(master, wish, 0) for wish in wishes)


@pytest.mark.parametrize(
    "changes", [{"second": True}, {"every_months": 3}, {"due_on": date(2027, 1, 2)}]
)
def test_an_exact_day_a_pair_and_a_series_are_never_held_back(promise, rows, changes):
    promise(**{"due_on": JANUARY, "holdout": 100} | changes)
    assert not rows()[0].held_back


def test_who_is_held_back_is_promised_the_middle_of_the_same_month(promise, rows, house):
    promise(holdout=100)
    [row] = rows()
    assert row.held_back
    assert row.due_at.astimezone(house.newsroom.zone).date() == date(2027, 1, 15)


def test_what_is_owed_is_told_the_nearest_first(promise, session, rows):
    name = promise(FEBRUARY)
    promise()
    owed = owed_with(session, find_reminder(session, name))
    assert [row.due_on for row in owed] == [JANUARY, FEBRUARY]


@pytest.mark.parametrize("changes", [{"due_at": None}, {"every_months": 2}, {"stage": "never"}])
def test_the_database_itself_refuses_what_is_no_promise(promise, session, changes):
    promise()
    begin_write(session)
    with pytest.raises(IntegrityError):
        session.execute(Reminder.__table__.update().values(changes))
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Reminder)) == 1
