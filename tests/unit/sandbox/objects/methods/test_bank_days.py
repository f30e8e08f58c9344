from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from donations.sandbox.objects.methods.bank_days import is_bank_day, later


@pytest.mark.parametrize(
    "closed",
    [
        date(2026, 1, 1),
        date(2026, 4, 3),  # Good Friday
        date(2026, 4, 6),  # Easter Monday
        date(2027, 3, 29),  # Easter Monday
        date(2026, 5, 1),
        date(2026, 12, 25),
        date(2026, 11, 28),  # a Saturday
        date(2026, 11, 29),
    ],
)
def test_banks_rest_on_weekends_and_six_holidays(closed):
    assert not is_bank_day(closed)


@pytest.mark.parametrize("opened", [date(2026, 11, 24), date(2026, 12, 24), date(2026, 4, 7)])
def test_and_work_on_every_other_day(opened):
    assert is_bank_day(opened)


def test_days_are_counted_over_weekends_and_holidays_at_the_same_time_of_day():
    before_christmas = int(datetime(2026, 12, 23, 15, 30, tzinfo=UTC).timestamp())
    assert datetime.fromtimestamp(later(before_christmas, 2), UTC) == datetime(
        2026, 12, 28, 15, 30, tzinfo=UTC
    )
