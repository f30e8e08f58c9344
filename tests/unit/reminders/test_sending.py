from __future__ import annotations

import re
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError
from tests_support.reminders import EMAIL, JANUARY

from donations.jobs.models import Job
from donations.jobs.outbox import enqueue
from donations.kernel.database import begin_write
from donations.kernel.errors import TryAgainLater
from donations.mailer.suppressing import suppress
from donations.reminders.due import promise_due
from donations.reminders.models import MOST_OF_A_SERIES, Reminder
from donations.reminders.reminding import cancel_reminder
from donations.reminders.turns import take_turns
from donations.vault.keys import normalised_email
from donations.vault.models import DataKey
from donations.vault.sealed import destroy_data_key

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
    assert rows()[0].due_at.date() == date(2027, 6, 30)  # May has had its letter


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


def test_a_series_is_silent_before_a_day_asked_for_in_the_same_month(promise, pass_time, outbox):
    promise(date(2026, 12, 5), every_months=1)
    promise(date(2027, 1, 20))
    for month, day, letters in ((12, 5, 1), (1, 5, 1), (1, 20, 2), (2, 5, 3)):
        pass_time(datetime(2026 if month == 12 else 2027, month, day, 12, tzinfo=UTC))
        assert len(outbox.messages) == letters


def test_a_day_asked_for_after_the_month_s_letter_waits_for_the_next_month(
    promise, pass_time, outbox, rows
):
    promise(date(2026, 12, 5), every_months=3)
    pass_time(datetime(2026, 12, 5, 12, tzinfo=UTC))
    promise(date(2026, 12, 6), every_months=3)
    promise(date(2026, 12, 7), every_months=3)
    pass_time(datetime(2026, 12, 7, 12, tzinfo=UTC))
    assert len(outbox.messages) == 1
    assert rows()[0].due_at.date() == date(2027, 3, 7)


def test_letters_late_by_months_are_one_and_the_others_follow_a_month_apart(
    promise, pass_time, outbox, rows
):
    for month in (1, 2, 3):
        promise(date(2027, month, 1))
    pass_time(datetime(2027, 4, 10, 12, tzinfo=UTC))
    assert len(outbox.messages) == 1
    assert [row.sent for row in rows()] == [1, 0, 0]
    for month in (5, 6, 7):
        pass_time(datetime(2027, month, 1, 12, tzinfo=UTC))
    assert len(outbox.messages) == 3


def test_a_second_letter_may_come_in_a_month_that_has_another(promise, pass_time, outbox, rows):
    promise(date(2026, 12, 20), second=True)
    promise(JANUARY)
    pass_time(datetime(2026, 12, 20, 12, tzinfo=UTC))
    pass_time(DUE)
    pass_time(datetime(2027, 1, 3, 12, tzinfo=UTC))
    assert len(outbox.messages) == 3
    assert [row.sent for row in rows()] == [2, 1]


def test_two_workers_give_the_month_of_a_person_to_one_reminder(
    promise, sessions, house, rows, session
):
    names = [promise(JANUARY), promise(date(2027, 2, 1))]
    later = datetime(2027, 2, 2, 12, tzinfo=UTC)
    gate, taken = threading.Barrier(2), []

    def work(name):
        with sessions() as own:
            gate.wait()
            taken.append(take_turns(own, [name], zone=house.newsroom.zone, now=later))

    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(len, taken)) == [0, 1]
    assert sum(row.spoke_in is not None for row in rows()) == 1


def test_the_database_itself_knows_one_letter_a_month_and_no_third(promise, session):
    promise(JANUARY)
    promise(date(2027, 2, 1))
    for change in ({"spoke_in": JANUARY}, {"sent": 3}):
        begin_write(session)
        with pytest.raises(IntegrityError):
            session.execute(update(Reminder).values(change))
        session.rollback()


def test_a_promise_made_again_after_its_job_ended_is_kept(
    promise, session, worker, clock, outbox, pass_time
):
    name = promise()
    clock.at = DUE
    promise_due(session, {}, DUE)
    session.commit()
    cancel_reminder(session, name, clock.now())
    worker.run_due()
    assert promise(date(2027, 1, 20)) == name
    pass_time(datetime(2027, 1, 20, 12, tzinfo=UTC))
    pass_time(datetime(2027, 1, 21, 12, tzinfo=UTC))
    assert len(outbox.messages) == 1


def test_a_reader_who_was_forgotten_is_not_waited_for(promise, session, outbox, pass_time, rows):
    promise()
    begin_write(session)
    destroy_data_key(session, rows()[0].data_key_id, DUE)
    session.commit()
    pass_time(DUE)
    assert outbox.messages == []
    assert (rows()[0].state, rows()[0].due_at) == ("cancelled", None)


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
        ({"every_months": 3}, "written to every 3 months. The next one comes on (1 April|April 1)"),
    ],
)
def test_the_letter_says_what_follows_from_it(promise, pass_time, outbox, session, changes, words):
    promise(JANUARY, **changes)
    session.execute(text("UPDATE reminder SET language = 'en'"))
    session.commit()
    pass_time(DUE)
    assert re.search(words, " ".join(said(outbox.messages[0]).split()))


def test_the_last_letter_of_a_series_says_that_none_follows(
    promise, pass_time, outbox, session, rows
):
    promise(date(2026, 12, 31), every_months=1)
    session.execute(update(Reminder).values(language="en", sent=MOST_OF_A_SERIES - 1))
    session.commit()
    pass_time(datetime(2026, 12, 31, 12, tzinfo=UTC))
    assert "no other letter follows" in " ".join(said(outbox.messages[0]).split())
    assert rows()[0].state == "sent"


def test_a_letter_of_a_series_is_named_by_its_own_month(promise, pass_time, outbox, session):
    promise(JANUARY, every_months=3)
    session.execute(text("UPDATE reminder SET language = 'en'"))
    session.commit()
    pass_time(DUE)
    pass_time(datetime(2027, 4, 1, 12, tzinfo=UTC))
    assert [letter["Subject"] for letter in outbox.messages] == [
        "Your reminder: January",
        "Your reminder: April",
    ]
