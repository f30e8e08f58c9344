"""Every day of ten years, in zones ahead and behind: months clamp, nine is nine, series come back."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from donations.reminders.timing import (
    EVERY,
    HELD_BACK_FOR,
    IN_MONTHS,
    due_at,
    in_months,
    is_offered,
    local_date,
    next_occurrence,
    occurrence,
    offered_months,
)

ZONES = (
    *("UTC", "Europe/Amsterdam", "America/New_York", "America/Sao_Paulo", "Asia/Kolkata"),
    *("Pacific/Apia", "Australia/Lord_Howe", "Africa/Casablanca"),
)
TEN_YEARS = [date(2024, 1, 1) + timedelta(days=number) for number in range(3653)]


@pytest.mark.parametrize("zone", list(map(ZoneInfo, ZONES)), ids=str)
def test_on_every_day_of_ten_years_a_letter_is_due_at_nine_there(zone):
    for day in TEN_YEARS:
        moment = due_at(day, zone)
        local = moment.astimezone(zone)
        assert (local.date(), local.hour, local.minute) == (day, 9, 0)
        assert moment.tzinfo is UTC


@pytest.mark.parametrize("zone", list(map(ZoneInfo, ZONES)), ids=str)
def test_on_every_day_the_date_is_the_newsroom_s_own(zone):
    for day in TEN_YEARS[::7]:
        for hour in (0, 23):
            local = datetime(day.year, day.month, day.day, hour, 30, tzinfo=zone)
            if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local.replace(
                tzinfo=None
            ):
                continue  # an hour that was skipped
            assert local_date(local.astimezone(UTC), zone) == day


def test_on_every_day_the_months_offered_are_the_next_five_and_never_skip_one():
    for day in TEN_YEARS:
        months = offered_months(day)
        assert [
            (month.year * 12 + month.month) - (day.year * 12 + day.month) for month in months
        ] == [*range(1, 6)]
        assert all(month.day == 1 and is_offered(month, day) for month in months)


def test_on_every_day_a_distance_in_months_clamps_and_is_offered():
    for day in TEN_YEARS:
        for count in IN_MONTHS:
            later = in_months(day, count)
            assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == count
            assert later.day == min(day.day, monthrange(later.year, later.month)[1])
            assert is_offered(later, day)


def test_on_every_day_a_letter_held_back_stays_in_its_month():
    for day in TEN_YEARS:
        first = day.replace(day=1)
        held = due_at(first, ZoneInfo("Europe/Amsterdam"), held_back=True)
        assert held.astimezone(ZoneInfo("Europe/Amsterdam")).date() == first + HELD_BACK_FOR
        assert (held.year, held.month) == (first.year, first.month)


@pytest.mark.parametrize("every", EVERY)
def test_from_every_day_a_series_comes_once_in_each_period_and_the_31st_comes_back(every):
    for anchor in TEN_YEARS[:800]:
        days = [occurrence(anchor, every, number) for number in range(60 // every)]
        months = [day.year * 12 + day.month for day in days]
        assert [after - before for before, after in pairwise(months)] == [every] * (len(days) - 1)
        for day in days:
            assert day.day == min(anchor.day, monthrange(day.year, day.month)[1])


@pytest.mark.parametrize("every", EVERY)
def test_whatever_day_it_is_the_next_letter_of_a_series_is_in_a_later_month_and_none_between(every):
    anchor = date(2024, 1, 31)
    for today in TEN_YEARS:
        coming = next_occurrence(anchor, every, today)
        assert coming > today
        ever = [occurrence(anchor, every, n) for n in range(140)]
        assert coming == min(
            day for day in ever if (day.year, day.month) > (today.year, today.month)
        )


def test_today_and_the_far_future_are_not_offered():
    today = date(2026, 11, 24)
    assert not is_offered(today, today)
    assert is_offered(date(2026, 11, 25), today)
    assert is_offered(date(2027, 12, 24), today)
    assert not is_offered(date(2027, 12, 25), today)
