"""The reminder pages: ask for one letter later, and take that back from the letter's link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import g, render_template, request

from donations.kernel.database import db
from donations.kernel.wording import month_text
from donations.reminders.months import local_date, offered_months
from donations.reminders.reminding import (
    Wish,
    cancel_reminder,
    find_reminder,
    owed_with,
    set_reminder,
)
from donations.reminders.sending import CANCELLING
from donations.web.house import house
from donations.web.public.blueprint import page, page_path
from donations.web.public.reminder_form import HERE, RemindForm, choice_of
from donations.web.public.reminder_view import promise_text, reminder_view

if TYPE_CHECKING:
    from datetime import date

    from flask.typing import ResponseReturnValue

_UNCACHED: Final = {"Cache-Control": "no-store"}


@page("/remind-me", name="remind")
def show_reminder_form() -> ResponseReturnValue:
    """The form; a choice named in the query is kept with the reminder."""
    asked = request.args
    choice = choice_of(
        house().price_list,
        asked.get("frequency", ""),
        asked.get("amount", ""),
        asked.get("currency", ""),
    )
    view = reminder_view(language=g.language, today=_today(), placement=HERE, choice=choice)
    return render_template("public/remind.html", reminder=view)


@page("/remind-me", name="remind", methods=("POST",))
def set_one() -> ResponseReturnValue:
    """Set a reminder, or show the form again with what is wrong at the field."""
    form = RemindForm(offered_months(_today()))
    valid, month, choice = form.validate(), form.chosen_month, form.choice(house().price_list)
    if not valid or month is None:
        view = reminder_view(
            language=g.language,
            today=_today(),
            placement=form.from_where,
            email=form.email.data or "",
            month=month,
            errors=form.first_errors(),
            choice=choice,
            open=True,
        )
        return render_template("public/remind.html", reminder=view), 422, _UNCACHED
    wish = Wish(form.email.address, month, g.language, form.from_where, choice)
    parts = house()
    set_reminder(db.session(), parts.master, wish, zone=parts.newsroom.zone, now=parts.clock.now())
    page_text = render_template(
        "public/reminder_set.html",
        month_label=month_text(month, g.language),
        promise=promise_text(month, g.language),
    )
    return page_text, 200, _UNCACHED


@page("/remind-me/cancel/<token>", name="reminder_cancel")
def show_cancelling(token: str) -> ResponseReturnValue:
    """Ask whether to cancel: mail programs open links by themselves, so looking changes nothing."""
    session = db.session()
    reminder = find_reminder(session, house().signer.read(CANCELLING, token))
    months = [owed.month for owed in owed_with(session, reminder)]
    return _cancel_page(token, months)


@page("/remind-me/cancel/<token>", name="reminder_cancel", methods=("POST",))
def cancel_one(token: str) -> ResponseReturnValue:
    """Cancel the reminder the token names, and what else is owed to the same person."""
    cancel_reminder(db.session(), house().signer.read(CANCELLING, token), house().clock.now())
    return _cancel_page(token, [])


def _cancel_page(token: str, months: list[date]) -> ResponseReturnValue:
    """The page for the months still owed; a month is named if it is the only one."""
    page_text = render_template(
        "public/reminder_cancel.html",
        action=page_path(f"/remind-me/cancel/{token}"),
        month_label=month_text(months[0], g.language) if len(months) == 1 else None,
        done=not months,
    )
    return page_text, 200, _UNCACHED


def _today() -> date:
    return local_date(house().clock.now(), house().newsroom.zone)
