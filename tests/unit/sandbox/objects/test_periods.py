from __future__ import annotations

from datetime import UTC, datetime

import pytest

from donations.sandbox.objects.periods import boundary


def at(*parts):
    return int(datetime(*parts, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("interval", "periods", "end"),
    [
        ("month", 1, at(2027, 2, 28, 9, 30)),
        ("month", 2, at(2027, 3, 31, 9, 30)),
        ("month", 13, at(2028, 2, 29, 9, 30)),
        ("year", 1, at(2028, 1, 31, 9, 30)),
        ("week", 1, at(2027, 2, 7, 9, 30)),
        ("day", 3, at(2027, 2, 3, 9, 30)),
    ],
)
def test_periods_are_counted_from_the_anchor_so_the_31st_returns(interval, periods, end):
    recurring = {"interval": interval, "interval_count": 1}
    assert boundary(at(2027, 1, 31, 9, 30), recurring, periods) == end


def test_a_leap_day_renews_on_the_28th_and_comes_back_in_four_years():
    yearly = {"interval": "year", "interval_count": 1}
    assert boundary(at(2028, 2, 29), yearly, 1) == at(2029, 2, 28)
    assert boundary(at(2028, 2, 29), yearly, 4) == at(2032, 2, 29)
