from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from tests_support.reminders import EMAIL, JANUARY

from donations.jobs.models import Job
from donations.jobs.outbox import enqueue
from donations.kernel.errors import TryAgainLater
from donations.mailer.suppressing import suppress
from donations.reminders.due import promise_due
from donations.reminders.reminding import cancel_reminder
from donations.reminders.sending import MOST_OF_A_SERIES
from donations.vault.keys import normalised_email
from donations.vault.models import DataKey

DUE = datetime(2027, 1, 1, 8, tzinfo=UTC)


def said(letter):
    return letter.get_body(("plain",)).get_content()


def test_nothing_is_written_before_the_day_and_one_letter_then_and_never_again(
    promise, pass_time, outbox, rows, session
):
    promise()
    pass_time(DUE - timedelta(minutes=1))
    assert outbox.messages == []
    for moment in (DUE, DUE + timedelta(days=14), DUE + timedelta(days=800)):
        pass_time(moment)
        assert len(outbox.messages) == 1
    [letter] = outbox.messages
    assert (letter["To"], letter["Content-Language"]) == (EMAIL, "ru")
    words = said(letter)
    for link in ("/ru/support?", "amount=1500", "/remind-me/cancel/", "/remind-me/again/"):
        assert link in words
    assert "/ru/remind-me/never/" in letter["List-Unsubscribe"]
    [row] = rows()
    assert (row.state, row.sent, row.attempts, row.due_at) == ("sent", 1, 1, None)


def test_the_address_is_kept_some_weeks_for_another_letter_and_then_forgotten(
    promise, pass_time, rows, session, house
):
    promise()
    pass_time(DUE)
    index = rows()[0].email_index
    kept = timedelta(days=house.newsroom.reminder_kept_days)
    pass_time(DUE + kept - timedelta(days=2))
    assert session.get_one(DataKey, rows()[0].data_key_id).wrapped is not None
    pass_time(DUE + kept + timedelta(days=1))
    assert session.get_one(DataKey, rows()[0].data_key_id).wrapped is None
    assert rows()[0].email_index != index


def test_a_second_letter_comes_two_weeks_later_only_for_those_who_ticked_it(
    promise, pass_time, outbox, rows
):
    promise(second=True)
    pass_time(DUE)
    assert rows()[0].state == "set"
    pass_time(DUE + timedelta(days=13))
    assert len(outbox.messages) == 1
    pass_time(DUE + timedelta(days=14))
    pass_time(DUE + timedelta(days=60))
    assert len(outbox.messages) == 2
    assert len({letter["Message-ID"] for letter in outbox.messages}) == 2
    assert (rows()[0].state, rows()[0].sent) == ("sent", 2)


def test_a_series_comes_back_to_the_31st_and_ends_by_itself(promise, pass_time, outbox, rows):
    promise(date(2026, 12, 31), every_months=1)
    days = []
    for _ in range(MOST_OF_A_SERIES + 3):
        [row] = rows()
        if row.due_at is None:
            break
        days.append(row.due_at.date())
        pass_time(row.due_at)
    assert len(outbox.messages) == len(days) == MOST_OF_A_SERIES
    assert days[:4] == [date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]
    assert rows()[0].state == "sent"


def test_missed_days_catch_up_with_one_letter_and_go_on_ahead(promise, pass_time, outbox, rows):
    promise(date(2026, 12, 31), every_months=1)
    pass_time(datetime(2027, 5, 10, 12, tzinfo=UTC))
    assert len(outbox.messages) == 1
    assert rows()[0].due_at.date() == date(2027, 5, 31)


def test_a_series_is_silent_in_a_month_in_which_another_reminder_spoke(
    promise, pass_time, outbox, rows
):
    promise()
    promise(date(2026, 12, 20), every_months=1)
    pass_time(datetime(2026, 12, 20, 12, tzinfo=UTC))
    pass_time(DUE)
    assert len(outbox.messages) == 2
    pass_time(datetime(2027, 1, 20, 12, tzinfo=UTC))
    assert len(outbox.messages) == 2
    pass_time(datetime(2027, 2, 20, 12, tzinfo=UTC))
    assert len(outbox.messages) == 3


def test_a_cancelled_reminder_is_never_sent_even_if_its_letter_was_promised(
    promise, session, worker, clock, outbox
):
    name = promise()
    clock.at = DUE
    promise_due(session, {}, DUE)
    session.commit()
    cancel_reminder(session, name, clock.now())
    worker.run_due()
    assert outbox.messages == []


def test_another_day_chosen_meanwhile_is_waited_for(promise, clock, outbox, pass_time, session):
    promise()
    clock.at = DUE
    promise_due(session, {}, DUE)
    session.commit()
    promise(date(2027, 1, 20))
    pass_time(DUE + timedelta(hours=1))
    assert outbox.messages == []
    pass_time(datetime(2027, 1, 20, 8, tzinfo=UTC))
    assert len(outbox.messages) == 1


def test_a_failing_mail_server_is_tried_again_and_the_tries_are_counted(
    promise, pass_time, outbox, rows
):
    promise()
    outbox.failure = TryAgainLater("down")
    pass_time(DUE)
    assert rows()[0].attempts >= 1
    assert rows()[0].sent == 0
    outbox.failure = None
    pass_time(DUE + timedelta(hours=3))
    assert len(outbox.messages) == 1


def test_one_bad_row_stops_no_other(promise, pass_time, outbox, session, rows):
    promise()
    promise(email="second@reader.example")
    session.execute(
        text(
            "UPDATE reminder SET email_sealed = data_key.wrapped FROM data_key"
            " WHERE data_key.id = data_key_id AND reminder.id = (SELECT min(id) FROM reminder)"
        )
    )
    session.commit()
    pass_time(DUE)
    assert [letter["To"] for letter in outbox.messages] == ["second@reader.example"]
    assert [row.sent for row in rows()] == [0, 1]


def test_an_address_that_may_not_be_written_to_ends_quietly(
    promise, pass_time, outbox, session, master, clock, rows
):
    promise()
    index = master.index("email", normalised_email(EMAIL))
    suppress(session, index, "wishes", reason="complained", source="test", now=clock.now())
    session.commit()
    pass_time(DUE)
    assert outbox.messages == []
    assert rows()[0].state == "cancelled"
    jobs = select(Job.state).where(Job.kind == "reminder")
    assert session.scalars(jobs).all() == ["done"]


def test_a_job_of_the_release_before_means_the_first_letter(
    promise, session, clock, outbox, pass_time
):
    name = promise()
    arguments = {"reminder": name}
    enqueue(session, "reminder", f"reminder:{name}", arguments, now=clock.now(), run_at=DUE)
    session.commit()
    pass_time(DUE)
    pass_time(DUE + timedelta(days=1))
    assert len(outbox.messages) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "no other letter follows"),
        ({"second": True}, "one more letter comes in two weeks"),
        ({"every_months": 3}, "The next one comes on 1 April 2027|The next one comes on April 1"),
    ],
)
def test_the_letter_says_what_follows_from_it(promise, pass_time, outbox, session, changes, words):
    promise(JANUARY, **changes)
    session.execute(text("UPDATE reminder SET language = 'en'"))
    session.commit()
    pass_time(DUE)
    assert re.search(words, " ".join(said(outbox.messages[0]).split()))
