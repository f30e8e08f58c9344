"""A reminder without an address: an entry in the reader's own calendar, and nothing kept here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from flask import Response, g, redirect, render_template, request
from flask_babel import gettext as _

from donations.web.house import house
from donations.web.public.blueprint import page, page_path
from donations.web.public.calendar_file import Entry, calendar_file
from donations.web.public.frame import page_url
from donations.web.public.reminder_form import TimeForm, time_message
from donations.web.public.reminder_source import Source
from donations.web.public.reminder_times import NoSuchTime, Time, chosen_time
from donations.web.public.reminder_view import Typed, reminder_view
from donations.web.public.reminder_words import name_text
from donations.web.public.today import today

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

_UNCACHED: Final = {"Cache-Control": "no-store"}
_GOOGLE: Final = "https://calendar.google.com/calendar/render"
_OUTLOOK: Final = "https://outlook.live.com/calendar/0/deeplink/compose"


@dataclass(frozen=True, slots=True)
class CalendarView:
    """One entry to take: the file, and the calendars on the web that it can be handed to."""

    label: str
    file_url: str
    google_url: str
    outlook_url: str | None


@page("/remind-me/calendar", name="calendar", methods=("POST",))
def choose_calendar() -> ResponseReturnValue:
    """From the reminder form: on to the page of the time chosen, whatever else was typed."""
    form = TimeForm(today(), g.language)
    answer = redirect(_address("/remind-me/calendar", form.when.data, form.day.data), 303)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@page("/remind-me/calendar", name="calendar")
def show_calendar() -> ResponseReturnValue:
    """The times to choose from, and the entry of the one chosen."""
    when, day = request.args.get("when", ""), request.args.get("day", "")
    if not when:
        return _page(None, Typed())
    typed = Typed(when=when, day=day[:10])
    try:
        time = chosen_time(when, day, today())
    except NoSuchTime as error:
        wrong = {error.field: time_message(error, today(), g.language)}
        return _page(None, typed, wrong), 422, _UNCACHED
    return _page(time, typed), 200, _UNCACHED


@page("/remind-me/calendar.ics", name="calendar_file")
def calendar_entry() -> ResponseReturnValue:
    """The entry as a file."""
    try:
        time = chosen_time(request.args.get("when", ""), request.args.get("day", ""), today())
    except NoSuchTime:
        return redirect(page_path("/remind-me/calendar"), 303)
    body = calendar_file(_entry(time), made_at=house().clock.now())
    answer = Response(body, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="reminder.ics"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def calendar_link(time: Time) -> str:
    """The page that offers the entry of a time."""
    return _address("/remind-me/calendar", *_words(time))


def _page(time: Time | None, typed: Typed, errors: Mapping[str, str] | None = None) -> str:
    view = reminder_view(
        language=g.language,
        today=today(),
        source=Source(),
        currency=house().newsroom.currencies[0],
        typed=typed,
        errors=errors,
    )
    view = replace(view, for_address=False)
    chosen = None if time is None else _calendar_view(time)
    return render_template("public/reminder_calendar.html", reminder=view, chosen=chosen)


def _calendar_view(time: Time) -> CalendarView:
    once = time.every_months is None
    entry = _entry(time)
    return CalendarView(
        label=name_text(time, g.language),
        file_url=_address("/remind-me/calendar.ics", *_words(time)),
        google_url=_google(entry),
        outlook_url=_outlook(entry) if once else None,
    )


def _entry(time: Time) -> Entry:
    return Entry(
        time.due_on, _("Reminder"), house().base_url + page_url("support"), time.every_months
    )


def _google(entry: Entry) -> str:
    query = {
        "action": "TEMPLATE",
        "text": entry.title,
        "dates": f"{entry.day:%Y%m%d}/{entry.ends_before:%Y%m%d}",
        "details": entry.url,
    }
    if entry.rule is not None:
        query["recur"] = f"RRULE:{entry.rule}"
    return f"{_GOOGLE}?{urlencode(query)}"


def _outlook(entry: Entry) -> str:
    """Outlook’s page takes no rhythm."""
    query = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "allday": "true",
        "subject": entry.title,
        "startdt": entry.day.isoformat(),
        "enddt": entry.ends_before.isoformat(),
        "body": entry.url,
    }
    return f"{_OUTLOOK}?{urlencode(query)}"


def _words(time: Time) -> tuple[str, str]:
    """How a time is named in an address."""
    return time.value, time.due_on.isoformat() if time.exact else ""


def _address(path: str, when: str | None, day: str | None) -> str:
    query = {"when": (when or "")[:10], "day": (day or "")[:10]}
    return page_path(path, **{name: value for name, value in query.items() if value})
