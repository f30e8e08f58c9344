"""What we may write to a supporter: how much at all, which newsletters, which reminders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, redirect, render_template, request
from flask_babel import gettext as _

from donations.dossiers.letters import (
    Level,
    choose_level,
    choose_reminders,
    level_of,
    take_back_reminders,
    wants_reminders,
)
from donations.kernel.database import db
from donations.kernel.errors import NotFound
from donations.newsletters.choosing import (
    Choice,
    Wanted,
    choice_of_mailbox,
    choose_for_mailbox,
)
from donations.reminders.reminding import owed_to
from donations.supporters.directory import identity
from donations.supporters.wishes import Wish, choose_wishes, wants
from donations.web.account.blueprint import account_path, page
from donations.web.account.tongues import tongues
from donations.web.house import house
from donations.web.public.newsletter_offers import offered_or_held
from donations.web.public.newsletter_view import offer_view
from donations.web.public.reminder_times import Time
from donations.web.public.reminder_words import often_text, when_text

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from donations.reminders.models import Reminder

_CHOSEN = (Level.WISHED, Level.NEEDED, Level.ASKED)


@page("/letters")
def show_letters() -> ResponseReturnValue:
    """Everything as it stands."""
    session, index = db.session(), _mailbox()
    stands = choice_of_mailbox(session, index, g.supporter.language)
    level = level_of(session, index)
    return render_template(
        "account/letters.html",
        done=request.args.get("done") == "1",
        level=level.value,
        levels=_levels(),
        action=account_path("/letters"),
        newsletters_action=account_path("/letters/newsletters"),
        offered=_boxes(stands),
        tongues=tongues(),
        chosen_language=stands.language,
        others_action=account_path("/letters/others"),
        reminders=wants_reminders(session, index),
        still_reading=wants(g.supporter, Wish.STILL_READING),
        owed=[_when(each) for each in owed_to(session, index)],
        owed_action=account_path("/letters/reminders"),
    )


@page("/letters", methods=("POST",))
def keep_level() -> ResponseReturnValue:
    """How much at all."""
    asked = request.form.get("level", "")
    if asked in _CHOSEN:
        now = house().clock.now()
        choose_level(db.session(), _mailbox(), Level(asked), now=now)
    return _kept()


@page("/letters/newsletters", methods=("POST",))
def keep_newsletters() -> ResponseReturnValue:
    """The newsletters that were ticked; whoever is signed in has confirmed their mailbox."""
    parts, session, index = house(), db.session(), _mailbox()
    stands = choice_of_mailbox(session, index, g.supporter.language)
    asked, language = request.form.getlist("newsletter"), request.form.get("language", "")
    shelf = offered_or_held(session, g.language, stands.held | stands.asked)
    wanted = Wanted(
        newsletters=tuple(each.slug for each in shelf if each.slug in asked),
        language=language if language in parts.newsroom.languages else stands.language,
        consent=str(_("Send me the newsletters ticked here.")),
    )
    email = identity(session, parts.master, g.supporter).email
    if email is None:
        raise NotFound
    if level_of(session, index) is Level.WISHED:
        choose_for_mailbox(session, parts.master, email, wanted, now=parts.clock.now())
    return _kept()


@page("/letters/others", methods=("POST",))
def keep_others() -> ResponseReturnValue:
    """Reminders, and the letters nobody needs."""
    ticked, session, index = set(request.form.getlist("letter")), db.session(), _mailbox()
    supporter_id, now = g.supporter.id, house().clock.now()
    choose_wishes(session, supporter_id, [each for each in Wish if each.value in ticked])
    choose_reminders(session, index, wanted="reminders" in ticked, now=now)
    return _kept()


@page("/letters/reminders", methods=("POST",))
def drop_reminders() -> ResponseReturnValue:
    """Take back the reminders that were asked for."""
    take_back_reminders(db.session(), _mailbox(), house().clock.now())
    return _kept()


def _mailbox() -> bytes:
    """The index of the mailbox of whoever is signed in.  Raises `NotFound` when there is none."""
    index: bytes | None = g.supporter.email_index
    if index is None:
        raise NotFound
    return index


def _levels() -> list[dict[str, str]]:
    return [
        {
            "value": Level.WISHED.value,
            "label": _("What I ticked below, and what concerns my support"),
            "hint": _("Receipts and word of your payments always come with it."),
        },
        {
            "value": Level.NEEDED.value,
            "label": _("Only what concerns my support"),
            "hint": _("Receipts, failed payments, changes. Newsletters and reminders end."),
        },
        {
            "value": Level.ASKED.value,
            "label": _("No mail at all but what I ask for"),
            "hint": _(
                "Not even receipts, nor word of a failed payment: you find them here. Only links"
                " to sign in still come, when you ask for one."
            ),
        },
    ]


def _boxes(stands: Choice) -> list[object]:
    shelf = offered_or_held(db.session(), g.language, stands.held | stands.asked)
    return [
        offer_view(
            each, g.language, ticked=each.slug in stands.held, waiting=each.slug in stands.asked
        )
        for each in shelf
    ]


def _when(reminder: Reminder) -> str:
    if reminder.every_months is not None:
        return often_text(reminder.every_months)
    return when_text(Time("", reminder.due_on), g.language)


def _kept() -> ResponseReturnValue:
    return redirect(account_path("/letters", done="1"), 303)
