"""What is promised with a reminder, word for word the same before it is set and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.dates import get_month_names
from flask_babel import gettext as _

from donations.kernel.wording import day_text, month_text

if TYPE_CHECKING:
    from datetime import date

    from donations.web.public.reminder_times import Time


def promise_text(time: Time, language: str, *, second: bool) -> str:
    """Everything that will be sent, and that nothing else will."""
    if time.every_months is not None:
        return _(
            "One e-mail %(often)s, the first %(when)s. A link in each of them ends it.",
            often=often_text(time.every_months),
            when=when_text(time, language),
        )
    if second:
        return _(
            "One e-mail %(when)s and one more two weeks later, then never again.",
            when=when_text(time, language),
        )
    return _("One e-mail %(when)s, then never again.", when=when_text(time, language))


def promise_for_a_day(*, second: bool, when: str | None = None) -> str:
    """The same for a day that is still to be named; `when` stands for the day, if anything does."""
    if when is None:
        when = _("on the day you choose")
    if second:
        return _("One e-mail %(when)s and one more two weeks later, then never again.", when=when)
    return _("One e-mail %(when)s, then never again.", when=when)


def when_text(time: Time, language: str) -> str:
    """The time of the first letter in the middle of a sentence: "in March", "on 14 March 2027"."""
    if time.names_month:
        return in_month(time.due_on)
    return on_day(day_text(time.due_on, language))


def name_text(time: Time, language: str) -> str:
    """The time standing alone: "March", "14 March 2027", "Every 3 months"."""
    if time.every_months is not None:
        return chip_label(time, language)
    if time.names_month:
        return month_text(time.due_on, language)
    return day_text(time.due_on, language)


def on_day(day: str) -> str:
    """A day in the middle of a sentence; `day` is how it is written."""
    return _("on %(day)s", day=day)


def until_text(month: date, language: str) -> str:
    """The month's name behind "until": "March", "марта"."""
    return str(get_month_names("wide", context="format", locale=language)[month.month])


def button_label(time: Time, language: str) -> str:
    """The words of the button that asks for it."""
    if time.every_months is not None:
        return _("Remind me %(often)s", often=often_text(time.every_months))
    if time.names_month:
        return _remind_labels()[time.due_on.month - 1]
    return label_for_day(day_text(time.due_on, language))


def label_for_day(day: str) -> str:
    """The words of the button for a day; `day` is how it is written."""
    return _("Remind me on %(day)s", day=day)


def chip_label(time: Time, language: str) -> str:
    """The few words on the choice itself."""
    kind, _dash, count = time.value.partition("-")
    if kind == "in":
        return {"3": _("In 3 months"), "6": _("In 6 months"), "9": _("In 9 months")}[count]
    if time.every_months is not None:
        return {
            1: _("Every month"),
            3: _("Every 3 months"),
            6: _("Every 6 months"),
            12: _("Every year"),
        }[time.every_months]
    return month_text(time.due_on, language)


def often_text(every_months: int) -> str:
    """How often, in the middle of a sentence."""
    return {
        1: _("every month"),
        3: _("every 3 months"),
        6: _("every 6 months"),
        12: _("every year"),
    }[every_months]


def in_month(month: date) -> str:
    """A month in the middle of a sentence: most languages inflect it there."""
    return (
        _("in January"),
        _("in February"),
        _("in March"),
        _("in April"),
        _("in May"),
        _("in June"),
        _("in July"),
        _("in August"),
        _("in September"),
        _("in October"),
        _("in November"),
        _("in December"),
    )[month.month - 1]


def _remind_labels() -> tuple[str, ...]:
    """A whole sentence for each month, for the same reason."""
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
