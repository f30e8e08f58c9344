"""Billing periods: exact months from an anchor, so the 31st comes back after February."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from donations.kernel.cadence import add_months

if TYPE_CHECKING:
    from donations.sandbox import Obj

_MONTHS: Final = {"month": 1, "year": 12}
_DAYS: Final = {"day": 1, "week": 7}


def boundary(anchor: int, recurring: Obj, periods: int) -> int:
    """The Unix time `periods` whole intervals after `anchor`, at the same time of day in UTC."""
    start = datetime.fromtimestamp(anchor, UTC)
    count = periods * recurring["interval_count"]
    if recurring["interval"] in _DAYS:
        moved = start + timedelta(days=count * _DAYS[recurring["interval"]])
        return int(moved.timestamp())
    day = add_months(start.date(), count * _MONTHS[recurring["interval"]])
    return int(datetime.combine(day, start.timetz()).timestamp())
