"""Where the links of a reminder's letter lead: once more, never again, not the others either.

Mail programs open links by themselves, so looking changes nothing; each page has one button.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from flask import g, render_template

from donations.kernel.database import db
from donations.kernel.errors import NotFound
from donations.reminders.purposes import AGAIN, CANCELLING, NEVER
from donations.reminders.reminding import (
    DayNotOffered,
    again,
    cancel_reminder,
    find_reminder,
    never,
    owed_with,
    welcome_again,
)
from donations.web.house import house
from donations.web.public.blueprint import page, page_path
from donations.web.public.reminder_form import TimeForm, not_offered
from donations.web.public.reminder_source import Source
from donations.web.public.reminder_times import Time
from donations.web.public.reminder_view import Typed, reminder_view
from donations.web.public.reminder_words import often_text, when_text
from donations.web.public.reminders import promised
from donations.web.public.today import today

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flask.typing import ResponseReturnValue

    from donations.reminders.models import Reminder

_HEADERS: Final = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


@page("/remind-me/again/<token>", name="reminder_again")
def show_again(token: str) -> ResponseReturnValue:
    """The times of another letter; no address is asked for, it is kept for a while."""
    find_reminder(db.session(), _named(AGAIN, token))
    return _again_page(token), 200, _HEADERS


@page("/remind-me/again/<token>", name="reminder_again", methods=("POST",))
def remind_again(token: str) -> ResponseReturnValue:
    """Promise another letter to the address of this one."""
    public_id, parts = _named(AGAIN, token), house()
    form = TimeForm(today(), g.language, once=True)
    if not form.validate() or form.time is None:
        typed = Typed(when=form.when.data or "", day=(form.day.data or "")[:10])
        return _again_page(token, typed, form.first_errors()), 422, _HEADERS
    zone, now = parts.newsroom.zone, parts.clock.now()
    try:
        again(db.session(), parts.master, public_id, form.time.due_on, zone=zone, now=now)
    except DayNotOffered:
        return _again_page(token, errors={"when": not_offered()}), 422, _HEADERS
    except NotFound:  # the time for which it was kept is over
        return render_template("public/reminder_forgotten.html"), 410, _HEADERS
    return promised(form.time, second=False)


@page("/remind-me/never/<token>", name="reminder_never")
def show_never(token: str) -> ResponseReturnValue:
    """Ask for one click."""
    find_reminder(db.session(), _named(NEVER, token))
    return _never_page(token, done=False)


@page("/remind-me/never/<token>", name="reminder_never", methods=("POST",))
def remind_never(token: str) -> ResponseReturnValue:
    """Write no reminder again: pressed by a reader, or by a mail program on one (RFC 8058)."""
    never(db.session(), _named(NEVER, token), house().clock.now())
    return _never_page(token, done=True)


@page("/remind-me/welcome/<token>", name="reminder_welcome", methods=("POST",))
def be_welcome_again(token: str) -> ResponseReturnValue:
    """Take "never" back: it may have been a slip, or a mail program's."""
    welcome_again(db.session(), _named(NEVER, token))
    return render_template("public/reminder_welcome.html"), 200, _HEADERS


@page("/remind-me/cancel/<token>", name="reminder_cancel")
def show_cancelling(token: str) -> ResponseReturnValue:
    """Ask for one click."""
    session = db.session()
    return _cancel_page(
        token, owed_with(session, find_reminder(session, _named(CANCELLING, token)))
    )


@page("/remind-me/cancel/<token>", name="reminder_cancel", methods=("POST",))
def cancel_one(token: str) -> ResponseReturnValue:
    """Cancel the reminder the token names, and what else is owed to the same person."""
    cancel_reminder(db.session(), _named(CANCELLING, token), house().clock.now())
    return _cancel_page(token, ())


def _named(purpose: str, token: str) -> str:
    """The reminder a token names.  Raises `NotFound`."""
    signer = house().signer
    try:
        return signer.read_lasting(purpose, token)
    except NotFound:
        return signer.read(purpose, token)  # as letters carried it before


def _again_page(
    token: str, typed: Typed | None = None, errors: Mapping[str, str] | None = None
) -> str:
    view = reminder_view(
        language=g.language,
        today=today(),
        source=Source(),
        currency=house().newsroom.currencies[0],
        typed=typed,
        errors=errors,
        open=True,
    )
    here = page_path(f"/remind-me/again/{token}")
    shown = replace(view, action=here, for_address=False, often=())
    return render_template("public/reminder_again.html", reminder=shown)


def _never_page(token: str, *, done: bool) -> ResponseReturnValue:
    page_text = render_template(
        "public/reminder_never.html",
        action=page_path(f"/remind-me/never/{token}"),
        undo=page_path(f"/remind-me/welcome/{token}"),
        done=done,
    )
    return page_text, 200, _HEADERS


def _cancel_page(token: str, owed: Sequence[Reminder]) -> ResponseReturnValue:
    """The page for what is still owed; its time is named if it is the only one."""
    page_text = render_template(
        "public/reminder_cancel.html",
        action=page_path(f"/remind-me/cancel/{token}"),
        when=_when(owed[0]) if len(owed) == 1 else None,
        done=not owed,
    )
    return page_text, 200, _HEADERS


def _when(reminder: Reminder) -> str:
    if reminder.every_months is not None:
        return often_text(reminder.every_months)
    return when_text(Time("", reminder.due_on), g.language)
