"""The reminder form as its template reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from flask_babel import gettext as _

from donations.kernel.cadence import Frequency
from donations.kernel.money import currency_of
from donations.web.public.blueprint import page_path
from donations.web.public.reminder_choices import DayView, TimeView, day_view, laid_out, viewer
from donations.web.public.reminder_form import TypedChoice
from donations.web.public.reminder_times import ON_A_DAY, Time, last_day
from donations.web.public.selection import FieldError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from donations.web.public.reminder_source import Source

_FIELDS: Final = {
    "when": "when-first",
    "day": "reminder-day",
    "email": "reminder-email",
    "amount": "reminder-amount",
}


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """The gift to be offered again, as its fields show it."""

    frequency: str
    amount: str
    currency: str
    exponent: int
    frequencies: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Typed:
    """What was chosen and typed before, to be shown again."""

    when: str = ""
    day: str = ""
    second: bool = False
    email: str = ""
    choice: TypedChoice = field(default_factory=TypedChoice)


@dataclass(frozen=True, slots=True)
class ReminderView:
    """The form.  `row` is what can be chosen at once, `further` and `often` what folds away."""

    action: str
    calendar_action: str
    row: tuple[TimeView, ...]
    further: tuple[TimeView, ...]
    often: tuple[TimeView, ...]
    day: DayView
    second: bool
    email: str
    choice: ChoiceView
    source: Source
    errors: Mapping[str, str]
    open: bool
    for_address: bool = True

    @property
    def times(self) -> tuple[TimeView, ...]:
        """Every choice, in the order of the form."""
        return (*self.row, *self.further, self.day.time, *self.often)

    @property
    def unfolded(self) -> bool:
        """Whether something is chosen, typed or wrong in what folds away."""
        folded = (*self.further, self.day.time, *self.often)
        return self.second or any(time.checked for time in folded)

    @property
    def summary(self) -> tuple[FieldError, ...]:
        """What is wrong, for the summary on top."""
        found = [(_FIELDS[name], self.errors[name]) for name in _FIELDS if name in self.errors]
        return tuple(FieldError(name, message) for name, message in found)


def reminder_view(
    *,
    language: str,
    today: date,
    source: Source,
    currency: str,
    typed: Typed | None = None,
    errors: Mapping[str, str] | None = None,
    open: bool = False,  # noqa: A002 - the word of the element it opens
) -> ReminderView:
    """The form on the newsroom's `today`; the first time is chosen unless another was.

    Before a gift the row is of months; after one, or after a membership, of longer waits.
    """
    typed, wrong = typed or Typed(), errors or {}
    row, further, often = laid_out(today, source.stage)
    known = {time.value for time in (*row, *further, *often)} | {ON_A_DAY}
    view = viewer(language, typed.when if typed.when in known else row[0].value)
    return ReminderView(
        action=page_path("/remind-me", language),
        calendar_action=page_path("/remind-me/calendar", language),
        row=view(row),
        further=view(further),
        day=day_view(view([Time(ON_A_DAY, last_day(today), exact=True)])[0], typed.day, today),
        often=view(often),
        second=typed.second,
        email=typed.email,
        choice=_choice_view(typed.choice, currency),
        source=source,
        errors=wrong,
        open=open or bool(wrong),
    )


def _choice_view(typed: TypedChoice, currency: str) -> ChoiceView:
    code = typed.currency or currency
    return ChoiceView(
        frequency=typed.frequency,
        amount=typed.amount,
        currency=code,
        exponent=currency_of(code).exponent,
        frequencies=(
            (Frequency.ONCE.value, _("Once")),
            (Frequency.MONTHLY.value, _("Monthly")),
            (Frequency.ANNUAL.value, _("Annual")),
        ),
    )
