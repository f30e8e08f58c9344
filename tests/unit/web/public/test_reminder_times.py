from datetime import date

import pytest

from donations.web.public.reminder_times import (
    NoSuchTime,
    all_times,
    chosen_time,
    first_day,
    last_day,
)

TODAY = date(2026, 11, 30)


def test_every_time_on_offer_can_be_chosen_and_lies_within_the_bounds():
    times = tuple(all_times(TODAY))
    assert len({time.value for time in times}) == len(times) == 12
    for time in times:
        assert chosen_time(time.value, "", TODAY) == time
        assert first_day(TODAY) <= time.due_on <= last_day(TODAY)


def test_a_short_month_clamps_the_day():
    assert chosen_time("in-3", "", TODAY).due_on == date(2027, 2, 28)
    assert last_day(TODAY) == date(2027, 12, 30)


def test_a_month_is_promised_as_a_month_and_a_day_as_a_day():
    assert chosen_time("2027-03", "", TODAY).names_month
    assert not chosen_time("on", "2027-03-01", TODAY).names_month
    assert not chosen_time("every-1", "", date(2026, 12, 1)).names_month


@pytest.mark.parametrize("day", ["2026-12-01", "2027-12-30"])
def test_the_first_and_the_last_day_can_be_named(day):
    assert chosen_time("on", f" {day} ", TODAY).due_on == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("2026-11-30", "too_soon"),
        ("2027-12-31", "too_far"),
        ("20270301", "not_a_day"),
        ("2027-W10-1", "not_a_day"),
        ("", "empty"),
    ],
)
def test_other_days_are_refused_with_their_reason(day, reason):
    with pytest.raises(NoSuchTime) as refused:
        chosen_time("on", day, TODAY)
    assert (refused.value.field, refused.value.reason) == ("day", reason)
