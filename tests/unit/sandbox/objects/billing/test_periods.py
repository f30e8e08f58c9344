from __future__ import annotations

from datetime import UTC, datetime

import pytest

from donations.sandbox.objects.billing.periods import boundary


def at(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("interval", "count", "periods", "end"),
    [
        ("month", 1, 1, "2027-02-28T23:30"),
        ("month", 1, 2, "2027-03-31T23:30"),
        ("month", 3, 1, "2027-04-30T23:30"),
        ("month", 1, 13, "2028-02-29T23:30"),
        ("year", 1, 1, "2028-01-31T23:30"),
        ("week", 2, 1, "2027-02-14T23:30"),
        ("day", 1, 1, "2027-02-01T23:30"),
    ],
)
def test_a_period_ends_at_the_same_time_of_the_right_day(interval, count, periods, end):
    recurring = {"interval": interval, "interval_count": count}
    assert boundary(at("2027-01-31T23:30"), recurring, periods) == at(end)


def test_the_29th_of_february_comes_back_in_the_next_leap_year():
    yearly = {"interval": "year", "interval_count": 1}
    assert boundary(at("2028-02-29T12:00"), yearly, 1) == at("2029-02-28T12:00")
    assert boundary(at("2028-02-29T12:00"), yearly, 4) == at("2032-02-29T12:00")
