"""Ending the yearly note to members, by its own link; everything else of theirs goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import render_template

from donations.giving.cancelling import find_membership
from donations.kernel.database import db
from donations.supporters.wishes import Wish, choose_wishes
from donations.web.house import house
from donations.web.public.blueprint import page, page_path

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

PURPOSE: Final = "still-reading"
_RULE: Final = "/support/no-yearly-note/<token>"
_HEADERS: Final = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


@page(_RULE, name="no_yearly_note")
def show_no_more(token: str) -> ResponseReturnValue:
    """The button; looking changes nothing."""
    house().signer.read_lasting(PURPOSE, token)
    return _page(token, done=False)


@page(_RULE, name="no_yearly_note", methods=("POST",))
def no_more(token: str) -> ResponseReturnValue:
    """Never send it again; a mailbox's own button leads here too."""
    session = db.session()
    membership = find_membership(session, house().signer.read_lasting(PURPOSE, token))
    number = membership.supporter_id
    session.rollback()
    if number is not None:
        choose_wishes(session, number, [wish for wish in Wish if wish is not Wish.STILL_READING])
    return _page(token, done=True)


def _page(token: str, *, done: bool) -> ResponseReturnValue:
    here = page_path(_RULE.replace("<token>", token))
    return render_template("membership/no_yearly_note.html", here=here, done=done), 200, _HEADERS
