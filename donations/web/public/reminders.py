"""The reminder page: ask for a letter later, at a time of the reader's choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import g, make_response, render_template, request

from donations.kernel.database import db
from donations.reminders.reminding import DayNotOffered, Wish, set_reminder
from donations.web.house import house
from donations.web.public.blueprint import page
from donations.web.public.calendar_page import calendar_link
from donations.web.public.quiet import keep_quiet
from donations.web.public.reminder_form import RemindForm, linked_choice, not_offered
from donations.web.public.reminder_source import read_source
from donations.web.public.reminder_view import Typed, reminder_view
from donations.web.public.reminder_words import promise_text, until_text
from donations.web.public.today import today

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Response
    from flask.typing import ResponseReturnValue

    from donations.web.public.reminder_source import Source
    from donations.web.public.reminder_times import Time

_UNCACHED: Final = {"Cache-Control": "no-store"}


@page("/remind-me", name="remind")
def show_reminder_form() -> ResponseReturnValue:
    """The form; a choice named in the query is kept with the reminder."""
    choice = linked_choice(house().price_list, request.args)
    typed = Typed(when=request.args.get("when", ""), choice=choice)
    return _form_page(read_source(request.args), typed)


@page("/remind-me", name="remind", methods=("POST",))
def set_one() -> ResponseReturnValue:
    """Set a reminder, or show the form again with what is wrong at the field."""
    form = RemindForm(today(), g.language, house().price_list)
    valid = form.validate()
    if not valid or form.time is None:
        return _form_page(form.source, _typed(form), form.first_errors()), 422, _UNCACHED
    try:
        _set(form, form.time)
    except DayNotOffered:  # midnight came between the two looks at the calendar
        wrong = {"when": not_offered()}
        return _form_page(form.source, _typed(form), wrong), 422, _UNCACHED
    return promised(form.time, second=form.twice)


def promised(time: Time, *, second: bool) -> Response:
    """The page after a reminder is set: the promise again, and the marker that keeps us quiet."""
    page_text = render_template(
        "public/reminder_set.html",
        promise=promise_text(time, g.language, second=second),
        until=until_text(time.due_on, g.language),
        calendar_url=calendar_link(time),
    )
    answer = make_response(page_text, 200, _UNCACHED)
    return keep_quiet(answer, time.due_on)


def _set(form: RemindForm, time: Time) -> None:
    """Make the promise.  Raises `DayNotOffered`."""
    parts, source = house(), form.source
    wish = Wish(
        email=form.email.address,
        due_on=time.due_on,
        language=g.language,
        placement=source.placement,
        choice=form.choice,
        stage=source.stage,
        campaign=source.campaign,
        second=form.twice and time.every_months is None,
        every_months=time.every_months,
    )
    set_reminder(
        db.session(),
        parts.master,
        wish,
        zone=parts.newsroom.zone,
        now=parts.clock.now(),
        holdout_percent=parts.newsroom.reminder_holdout if time.names_month else 0,
    )


def _typed(form: RemindForm) -> Typed:
    return Typed(
        when=form.when.data or "",
        day=(form.day.data or "")[:10],
        second=form.twice,
        email=(form.email.data or "")[:320],
        choice=form.typed_choice,
    )


def _form_page(
    source: Source, typed: Typed | None = None, errors: Mapping[str, str] | None = None
) -> str:
    view = reminder_view(
        language=g.language,
        today=today(),
        source=source,
        currency=house().newsroom.currencies[0],
        typed=typed,
        errors=errors,
        open=True,
    )
    return render_template("public/remind.html", reminder=view)
