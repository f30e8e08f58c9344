"""When a reader may ask to be written to: a month, a distance, a day, a rhythm.

Every choice comes down to the day of the first letter.  The first of a month stands for the month:
its letter comes some time in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from donations.kernel.cadence import add_months
from donations.kernel.errors import ReaderError
from donations.reminders.timing import (
    EVERY,
    FURTHEST_MONTHS,
    IN_MONTHS,
    in_months,
    offered_months,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

ON_A_DAY: Final = "on"
_TOMORROW: Final = 1
_WRITTEN: Final = re.compile(r"20[0-9]{2}-[01][0-9]-[0-3][0-9]")


class NoSuchTime(ReaderError):
    """What was chosen names no time; `field` is the one to put right, `reason` says what is wrong.

    `empty`, `not_a_day`, `too_soon` and `too_far` are of the day, `not_offered` of the choice.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Time:
    """A choice of the form: its `value`, the day of the first letter, and the rhythm if it recurs.

    `exact` is a day the reader named, which is never put off within its month.
    """

    value: str
    due_on: date
    every_months: int | None = None
    exact: bool = False

    @property
    def names_month(self) -> bool:
        """Whether it is a month that was promised, and not a day in it."""
        return self.due_on.day == 1 and not self.exact and self.every_months is None


def coming_months(today: date) -> tuple[Time, ...]:
    """The months on offer, the nearest first."""
    return tuple(Time(month.strftime("%Y-%m"), month) for month in offered_months(today))


def distances(today: date) -> tuple[Time, ...]:
    """In three, six and nine months."""
    return tuple(Time(f"in-{count}", in_months(today, count)) for count in IN_MONTHS)


def rhythms(today: date) -> tuple[Time, ...]:
    """Every one, three, six and twelve months, the first letter after as many."""
    return tuple(Time(f"every-{count}", in_months(today, count), count) for count in EVERY)


def first_day(today: date) -> date:
    """The first day that can be named: tomorrow."""
    return date.fromordinal(today.toordinal() + _TOMORROW)


def last_day(today: date) -> date:
    """The last day that can be named."""
    return add_months(today, FURTHEST_MONTHS)


def all_times(today: date) -> Iterator[Time]:
    """Everything on offer but a day of the reader's own."""
    yield from coming_months(today)
    yield from distances(today)
    yield from rhythms(today)


def chosen_time(when: str, day: str, today: date) -> Time:
    """The time a form's two fields name.  Raises `NoSuchTime`."""
    if when == ON_A_DAY:
        return Time(ON_A_DAY, _named_day(day.strip(), today), exact=True)
    for time in all_times(today):
        if time.value == when:
            return time
    raise NoSuchTime("when", "not_offered")


def _named_day(text: str, today: date) -> date:
    """A day as `<input type=date>` sends it, or as it is typed where there is no such field."""
    if not text:
        raise NoSuchTime("day", "empty")
    try:
        named = date.fromisoformat(text) if _WRITTEN.fullmatch(text) else None
    except ValueError:
        named = None
    if named is None:
        raise NoSuchTime("day", "not_a_day")
    if named < first_day(today):
        raise NoSuchTime("day", "too_soon")
    if named > last_day(today):
        raise NoSuchTime("day", "too_far")
    return named
