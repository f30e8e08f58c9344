"""The reminder form as its template reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from babel.dates import get_month_names
from flask_babel import gettext as _

from donations.kernel.wording import month_text
from donations.reminders.months import offered_months
from donations.web.public.blueprint import page_path
from donations.web.public.reminder_form import month_value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from donations.reminders.reminding import Choice


@dataclass(frozen=True, slots=True)
class MonthView:
    """One month on offer and the words of the button that takes it."""

    value: str
    label: str
    checked: bool
    remind_label: str


@dataclass(frozen=True, slots=True)
class ReminderView:
    """The form, with what was typed and what was wrong with it."""

    action: str
    months: tuple[MonthView, ...]
    email: str
    error_email: str | None
    error_month: str | None
    open: bool
    placement: str
    frequency: str
    amount: str
    currency: str


def reminder_view(
    *,
    language: str,
    today: date,
    placement: str,
    email: str = "",
    month: date | None = None,
    errors: Mapping[str, str] | None = None,
    choice: Choice | None = None,
    open: bool = False,  # noqa: A002 - the word of the element it opens
) -> ReminderView:
    """The form in a language on the newsroom's `today`; the next month is chosen unless one was."""
    offered = offered_months(today)
    chosen = month if month in offered else offered[0]
    wrong = errors or {}
    return ReminderView(
        action=page_path("/remind-me", language),
        months=tuple(_month_view(each, language, chosen) for each in offered),
        email=email,
        error_email=wrong.get("email"),
        error_month=wrong.get("month"),
        open=open or bool(wrong),
        placement=placement,
        frequency=choice.frequency.value if choice else "",
        amount=str(choice.amount.minor) if choice else "",
        currency=choice.amount.currency if choice else "",
    )


def promise_text(month: date, language: str) -> str:
    """What was promised, once a reminder is set."""
    names = get_month_names("wide", context="format", locale=language)  # Russian: "января"
    promise = _(
        "We will send you one e-mail at the beginning of %(month)s, and nothing before or after.",
        month=names[month.month],
    )
    return str(promise)


def _month_view(month: date, language: str, chosen: date) -> MonthView:
    return MonthView(
        value=month_value(month),
        label=month_text(month, language),
        checked=month == chosen,
        remind_label=_remind_labels()[month.month - 1],
    )


def _remind_labels() -> tuple[str, ...]:
    """A whole sentence for each month: most languages inflect the month's name in it."""
    return (
        _("Remind me in January"),
        _("Remind me in February"),
        _("Remind me in March"),
        _("Remind me in April"),
        _("Remind me in May"),
        _("Remind me in June"),
        _("Remind me in July"),
        _("Remind me in August"),
        _("Remind me in September"),
        _("Remind me in October"),
        _("Remind me in November"),
        _("Remind me in December"),
    )
