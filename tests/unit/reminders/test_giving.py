from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from tests_support.reminders import EMAIL

from donations.kernel.database import begin_write
from donations.reminders.giving import note_gift
from donations.vault.keys import normalised_email
from donations.vault.models import DataKey

DUE = datetime(2027, 1, 1, 8, tzinfo=UTC)


@pytest.fixture
def give(session, master, clock):
    def one(at=None, reminder="", **changes):
        begin_write(session)
        index = master.index("email", normalised_email(EMAIL))
        note_gift(session, index, reminder, at or clock.now(), **changes)
        session.commit()

    return one


def test_a_reader_who_gives_before_is_not_reminded_and_forgotten(
    promise, give, rows, pass_time, outbox, session
):
    promise()
    give()
    [row] = rows()
    assert (row.state, row.due_at, row.gave_at) == ("given", None, None)
    assert session.get_one(DataKey, row.data_key_id).wrapped is None
    pass_time(DUE)
    assert outbox.messages == []


def test_a_gift_through_the_letter_s_link_counts_for_it(promise, give, rows, pass_time):
    name = promise()
    pass_time(DUE)
    give(DUE + timedelta(days=40), reminder=name)
    give(DUE + timedelta(days=41), reminder=name)
    assert rows()[0].gave_at == DUE + timedelta(days=40)
    assert rows()[0].state == "sent"


@pytest.mark.parametrize(("days", "counts"), [(0, True), (13, True), (14, False)])
def test_a_gift_within_two_weeks_of_the_letter_counts_for_it(
    promise, give, rows, pass_time, days, counts
):
    promise()
    pass_time(DUE)
    give(DUE + timedelta(days=days))
    assert (rows()[0].gave_at is not None) is counts


def test_a_gift_of_one_held_back_counts_from_the_day_the_others_were_written_to(
    promise, give, rows
):
    promise(holdout=100)
    give(DUE - timedelta(hours=1))
    assert rows()[0].gave_at is None
    promise(holdout=100)
    give(DUE + timedelta(days=3))
    assert rows()[0].gave_at == DUE + timedelta(days=3)
    assert rows()[0].state == "given"


def test_a_series_goes_on_after_a_single_gift_and_ends_with_a_membership(promise, give, rows):
    promise(date(2026, 12, 24), every_months=1)
    give()
    assert rows()[0].state == "set"
    give(membership=True)
    assert rows()[0].state == "given"
