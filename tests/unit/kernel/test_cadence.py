import calendar
from datetime import UTC, date, datetime, timedelta

import pytest

from donations.kernel.cadence import add_months, first_of_month, later, months_ahead

FIRST = date(2024, 1, 1)
DAYS = [FIRST + timedelta(days=count) for count in range(3653)]


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
)
def test_a_day_the_month_lacks_becomes_its_last(day, months, then):
    assert add_months(day, months) == then


def test_every_day_of_ten_years_moves_to_the_next_month_and_never_past_it():
    for day in DAYS:
        then = add_months(day, 1)
        assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == 1
        last = calendar.monthrange(then.year, then.month)[1]
        assert then.day == min(day.day, last)


def test_the_coming_months_are_named_right_on_every_day_of_ten_years():
    for day in DAYS:
        months = months_ahead(day, 5)
        assert months[0] == first_of_month(add_months(first_of_month(day), 1))
        assert [month.day for month in months] == [1] * 5
        assert len({(month.year, month.month) for month in months}) == 5


def test_a_moment_keeps_its_time_of_day_some_months_later():
    moment = datetime(2028, 1, 31, 23, 59, 1, tzinfo=UTC)
    assert later(moment, 1) == datetime(2028, 2, 29, 23, 59, 1, tzinfo=UTC)
    assert later(moment, 13) == datetime(2029, 2, 28, 23, 59, 1, tzinfo=UTC)
    assert later(moment, 0) == moment
