"""The days on which banks settle euro payments (TARGET): no weekends, none of six holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

_SATURDAY: Final = 5
_FIXED: Final = ((1, 1), (5, 1), (12, 25), (12, 26))


def is_bank_day(day: date) -> bool:
    """Whether banks settle euro payments on `day`.  Source: ecb.europa.eu, TARGET closing days."""
    if day.weekday() >= _SATURDAY or (day.month, day.day) in _FIXED:
        return False
    easter = _easter_sunday(day.year)
    return day not in (easter - timedelta(days=2), easter + timedelta(days=1))


def later(moment: int, days: int) -> int:
    """The same time of day, `days` bank days after `moment` (Unix seconds)."""
    then = datetime.fromtimestamp(moment, UTC)
    while days:
        then += timedelta(days=1)
        days -= is_bank_day(then.date())
    return int(then.timestamp())


def _easter_sunday(year: int) -> date:
    """Easter in the Gregorian calendar, by the anonymous algorithm of 1876."""
    golden, century = year % 19, year // 100
    epact = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon = epact - epact // 28 * (1 - epact // 28 * (29 // (epact + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    shift = moon - weekday
    month = 3 + (shift + 40) // 44
    return date(year, month, shift + 28 - 31 * (month // 4))
