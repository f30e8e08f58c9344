"""When letters are due: the newsroom's own calendar, months that clamp, nine in the morning."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from donations.kernel.cadence import add_months, months_ahead

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

MONTHS_OFFERED: Final = 5
IN_MONTHS: Final = (3, 6, 9)
EVERY: Final = (1, 3, 6, 12)
FURTHEST_MONTHS: Final = 13
SECOND_AFTER: Final = timedelta(days=14)
HELD_BACK_FOR: Final = timedelta(days=14)  # the 15th at the latest, so within every month
_HOUR_OF_WRITING: Final = time(9)


def local_date(now: datetime, zone: ZoneInfo) -> date:
    """The date in the newsroom at the moment `now`."""
    return now.astimezone(zone).date()


def offered_months(today: date) -> list[date]:
    """The first days of the five months after the newsroom's `today`, the nearest first."""
    return months_ahead(today, MONTHS_OFFERED)


def in_months(today: date, months: int) -> date:
    """The same day so many months on; the last of a month that is too short."""
    return add_months(today, months)


def is_offered(day: date, today: date) -> bool:
    """Whether a letter may be promised for `day`: tomorrow at the earliest, 13 months at most."""
    return today < day <= add_months(today, FURTHEST_MONTHS)


def due_at(day: date, zone: ZoneInfo, *, held_back: bool = False) -> datetime:
    """When the letter of `day` is due, in UTC: nine in the morning there, or two weeks later."""
    later = day + HELD_BACK_FOR if held_back else day
    return datetime.combine(later, _HOUR_OF_WRITING, zone).astimezone(UTC)


def occurrence(anchor: date, every: int, number: int) -> date:
    """The day of the letter `number` (0 for the first) of a series that began on `anchor`.

    Counted from the first day, so that the 31st comes back after a shorter month.
    """
    return add_months(anchor, every * number)


def next_occurrence(anchor: date, every: int, today: date) -> date:
    """The first day of a series in a month after `today`'s, however many were missed.

    Within the month of a letter there is no other.
    """
    months = (today.year - anchor.year) * 12 + today.month - anchor.month
    return occurrence(anchor, every, max(0, months // every + 1))
