"""The times of the reminder form as its template shows them, each with what is promised for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Final

from flask_babel import gettext as _

from donations.web.public.reminder_source import BEFORE
from donations.web.public.reminder_times import (
    Time,
    coming_months,
    distances,
    first_day,
    last_day,
    rhythms,
)
from donations.web.public.reminder_words import (
    button_label,
    chip_label,
    label_for_day,
    on_day,
    promise_for_a_day,
    promise_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

_YEARLY: Final = 12
_IN_THE_PLACE_OF_THE_DAY: Final = "{day}"


@dataclass(frozen=True, slots=True)
class TimeView:
    """One choice, with what is promised for it; `number` ties the words to the choice."""

    value: str
    number: int
    label: str
    checked: bool
    button: str
    promise: str
    promise_twice: str


@dataclass(frozen=True, slots=True)
class DayView:
    """The choice of a day: its bounds, and patterns for a script with "{day}" in them."""

    time: TimeView
    typed: str
    first: str
    last: str
    button_pattern: str
    promise_pattern: str
    promise_twice_pattern: str


def laid_out(
    today: date, stage: str
) -> tuple[tuple[Time, ...], tuple[Time, ...], tuple[Time, ...]]:
    """What can be chosen at once, what folds away, and the rhythms, on a day and at a stage."""
    months, away, often = coming_months(today), distances(today), rhythms(today)
    if stage == BEFORE:
        return months, away, often
    yearly = tuple(time for time in often if time.every_months == _YEARLY)
    return (*away, *yearly), months, tuple(time for time in often if time not in yearly)


def viewer(language: str, chosen: str) -> Callable[[Iterable[Time]], tuple[TimeView, ...]]:
    """What makes views of times, numbering them as it goes."""
    numbers = count(1)

    def view(time: Time) -> TimeView:
        return TimeView(
            value=time.value,
            number=next(numbers),
            label=chip_label(time, language),
            checked=time.value == chosen,
            button=button_label(time, language),
            promise=promise_text(time, language, second=False),
            promise_twice=promise_text(time, language, second=True),
        )

    return lambda times: tuple(view(time) for time in times)


def day_view(numbered: TimeView, typed: str, today: date) -> DayView:
    """The choice of a day still to be named, in the place of one of a known day."""
    when = on_day(_IN_THE_PLACE_OF_THE_DAY)
    return DayView(
        time=replace(
            numbered,
            label=_("On a day I choose"),
            button=_("Remind me on that day"),
            promise=promise_for_a_day(second=False),
            promise_twice=promise_for_a_day(second=True),
        ),
        typed=typed,
        first=first_day(today).isoformat(),
        last=last_day(today).isoformat(),
        button_pattern=label_for_day(_IN_THE_PLACE_OF_THE_DAY),
        promise_pattern=promise_for_a_day(second=False, when=when),
        promise_twice_pattern=promise_for_a_day(second=True, when=when),
    )
