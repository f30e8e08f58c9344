"""Billing periods: exact months from an anchor, so the 31st comes back after February."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from donations.kernel.cadence import add_months

if TYPE_CHECKING:
    from donations.sandbox import Obj

DAY: Final = 86_400
_MONTHS: Final = {"month": 1, "year": 12}
_DAYS: Final = {"day": 1, "week": 7}
_LONGEST_MONTH: Final = 31 * DAY


def boundary(anchor: int, recurring: Obj, periods: int) -> int:
    """The Unix time `periods` whole intervals after `anchor`, at the same time of day in UTC."""
    start = datetime.fromtimestamp(anchor, UTC)
    count = periods * recurring["interval_count"]
    if recurring["interval"] in _DAYS:
        moved = start + timedelta(days=count * _DAYS[recurring["interval"]])
        return int(moved.timestamp())
    day = add_months(start.date(), count * _MONTHS[recurring["interval"]])
    return int(datetime.combine(day, start.timetz()).timestamp())


def periods_until(anchor: int, recurring: Obj, moment: int) -> int:
    """The number of the first boundary after `moment`; it may be negative for a later anchor."""
    days = _DAYS.get(recurring["interval"])
    months = _MONTHS.get(recurring["interval"], 0)
    count: int = recurring["interval_count"]
    longest = (days * DAY if days else months * _LONGEST_MONTH) * count
    periods = (moment - anchor) // longest
    while boundary(anchor, recurring, periods) > moment:
        periods -= 1
    while boundary(anchor, recurring, periods) <= moment:
        periods += 1
    return periods


def share(amount: int, part: int, whole: int) -> int:
    """`amount` × `part` / `whole`, to the nearest minor unit, halves away from zero."""
    doubled = 2 * abs(amount) * part
    rounded = (doubled + whole) // (2 * whole)
    return rounded if amount >= 0 else -rounded
