from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from donations.kernel.months import Month
from donations.reminders.measuring import difference, measure, rate
from donations.reminders.models import Reminder
from donations.reminders.reminding import again, cancel_reminder

JANUARY = Month(2027, 1)
DUE = datetime(2027, 1, 1, 8, tzinfo=UTC)


def test_a_share_of_nobody_is_none_and_few_are_told_with_wide_bounds():
    assert rate(0, 0) is None
    assert difference(1, 2, 0, 0) is None
    none = rate(0, 10)
    assert (none.middle, none.low) == (0, 0)
    assert none.high == pytest.approx(0.2775, abs=0.0005)
    some = rate(81, 263)  # Wilson's interval as Newcombe prints it
    assert (some.low, some.high) == (
        pytest.approx(0.2553, abs=0.0005),
        pytest.approx(0.3662, abs=0.0005),
    )


def test_newcombe_s_own_examples_come_out():
    for numbers, low, high in (
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((10, 10, 0, 20), 0.6791, 1.0),
    ):
        found = difference(*numbers)
        assert (found.low, found.high) == (
            pytest.approx(low, abs=0.0005),
            pytest.approx(high, abs=0.0005),
        )


def measured(session, house, now, by="all"):
    zone = house.newsroom.zone
    return measure(session, JANUARY, JANUARY, by, zone=zone, now=now)


def test_letters_and_those_held_back_are_counted_apart(promise, session, house, pass_time, rows):
    for number in range(4):
        promise(email=f"now{number}@example.org", holdout=1, campaign="a" if number else "b")
    for number in range(2):
        promise(email=f"held{number}@example.org", holdout=100, campaign="a")
    promise(email="pair@example.org", second=True)
    pass_time(DUE)
    pass_time(DUE + timedelta(days=15))
    first, *_others, held = [row.id for row in rows() if not row.second]
    for row, days in ((first, 3), (held, 20)):
        gave = update(Reminder).where(Reminder.id == row)
        session.execute(gave.values(gave_at=DUE + timedelta(days=days)))
    session.commit()
    [one] = measured(session, house, DUE + timedelta(days=30))
    assert (one.set, one.sent, one.gave) == (7, 7, 2)
    assert (one.compared, one.compared_gave) == (4, 1)
    assert (one.held, one.held_gave) == (2, 0)
    assert one.given_rate.middle == 0.25
    groups = measured(session, house, DUE + timedelta(days=30), "campaign")
    assert {group.by: group.set for group in groups} == {"": 1, "a": 5, "b": 1}


def test_nothing_is_compared_before_the_two_weeks_are_over(promise, session, house, pass_time):
    promise(holdout=1)
    pass_time(DUE)
    [one] = measured(session, house, DUE + timedelta(days=13))
    assert (one.sent, one.compared, one.given_rate) == (1, 0, None)


def test_who_ended_before_the_month_or_was_never_drawn_is_not_compared(
    promise, session, house, pass_time, clock
):
    cancelled = promise(email="before@example.org", holdout=100)
    promise(email="later@example.org", holdout=100)
    promise(email="undrawn@example.org", holdout=0)
    cancel_reminder(session, cancelled, clock.now())
    pass_time(DUE + timedelta(days=1))
    [found] = [r for r in session.scalars(select(Reminder)) if r.held_back and r.state == "set"]
    cancel_reminder(session, found.public_id, clock.now())
    [one] = measured(session, house, DUE + timedelta(days=30))
    assert (one.set, one.compared, one.held) == (3, 0, 1)


def test_another_letter_in_the_same_month_leaves_its_side_of_the_comparison(
    promise, session, house, pass_time, clock, master, rows
):
    name = promise(holdout=1)
    pass_time(DUE)
    zone = house.newsroom.zone
    again(session, master, name, date(2027, 1, 20), zone=zone, now=clock.now())
    [one] = measured(session, house, DUE + timedelta(days=30), by="placement")
    assert (one.by, one.compared) == ("article", 1)
