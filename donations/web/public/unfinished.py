"""Gifts begun and not finished: the offer beside the ask, and the link that says no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import g, render_template
from flask_babel import gettext as _

from donations.kernel.database import db
from donations.mailer.addresses import BadAddress, checked_address
from donations.recoveries.recovering import agree, find_recovery, say_no
from donations.recoveries.sending import SAYING_NO
from donations.web.house import house
from donations.web.public.address_field import address_message
from donations.web.public.ask_view import UNFINISHED_FIELD
from donations.web.public.blueprint import page, page_path
from donations.web.public.selection import FieldError

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from donations.web.public.selection import Selection

_HEADERS: Final = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


def consent_sentence() -> str:
    """The sentence beside the box, as the reader read it, kept as proof of consent."""
    return _(
        "If I don’t finish, you may write to me about it: after an hour, and after three days."
    )


def wrong_address(selection: Selection) -> FieldError | None:
    """What is wrong with the address of a reader who ticked the box; None when nothing is."""
    if not selection.unfinished:
        return None
    try:
        checked_address(selection.unfinished_email)
    except BadAddress as error:
        return FieldError(UNFINISHED_FIELD, address_message(error))
    return None


def keep_address(donation: str, selection: Selection) -> None:
    """Keep the address for the checkout, if the box was ticked."""
    if selection.unfinished:
        email = checked_address(selection.unfinished_email)
        agree(db.session(), house().master, donation, email, now=house().clock.now())


def hidden_fields(selection: Selection) -> dict[str, str]:
    """The same, carried through a page that has to ask once more."""
    if not selection.unfinished:
        return {}
    return {"unfinished": "yes", "unfinished_email": selection.unfinished_email}


@page("/support/unfinished/<token>", name="unfinished")
def show_saying_no(token: str) -> ResponseReturnValue:
    """Ask for one click: mail programs open links by themselves, so looking changes nothing."""
    public_id = house().signer.read_lasting(SAYING_NO, token)
    return _answer(token, done=find_recovery(db.session(), public_id).state != "set")


@page("/support/unfinished/<token>", name="unfinished", methods=("POST",))
def leave_unfinished(token: str) -> ResponseReturnValue:
    """Write no more: pressed by a reader, or by a mail program on one (RFC 8058)."""
    say_no(db.session(), house().signer.read_lasting(SAYING_NO, token), house().clock.now())
    return _answer(token, done=True)


def _answer(token: str, *, done: bool) -> ResponseReturnValue:
    action = page_path(f"/support/unfinished/{token}", g.language)
    return render_template("public/unfinished.html", action=action, done=done), 200, _HEADERS
