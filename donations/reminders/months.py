"""Which months a reminder may be for, and the moment it is due: the newsroom's own calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Final

from donations.kernel.cadence import months_ahead

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

MONTHS_OFFERED: Final = 5
_HOUR_OF_WRITING: Final = time(9)


def local_date(now: datetime, zone: ZoneInfo) -> date:
    """The date in the newsroom at the moment `now`."""
    return now.astimezone(zone).date()


def offered_months(today: date) -> list[date]:
    """The first days of the five months after the newsroom's `today`, the nearest first."""
    return months_ahead(today, MONTHS_OFFERED)


def due_at(month: date, zone: ZoneInfo) -> datetime:
    """When the reminder for `month` is due, in UTC: nine in the morning of its first day there."""
    return datetime.combine(month.replace(day=1), _HOUR_OF_WRITING, zone).astimezone(UTC)
