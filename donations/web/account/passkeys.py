"""Passkeys: to sign in without a letter.  Making and using one needs a script, removing none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Response, g, redirect, render_template, request
from flask_babel import gettext as _

from donations.kernel.database import db
from donations.kernel.errors import TryAgainLater
from donations.kernel.wording import day_text
from donations.supporters import passkey_entry, sessions
from donations.supporters import passkeys as kept
from donations.supporters.passkeys import PasskeyRefused
from donations.web.account.blueprint import account_path, open_page, page
from donations.web.account.passkey_party import party, party_here
from donations.web.account.visitor import remember, visitor_token
from donations.web.account.way_back import way_back
from donations.web.house import house

if TYPE_CHECKING:
    from datetime import datetime

    from flask.typing import ResponseReturnValue

_JSON: Final = "application/json"
_RETRY: Final = {"Retry-After": "300"}


@page("/passkeys")
def show_passkeys() -> ResponseReturnValue:
    """Those there are, and how to add one."""
    rows = [
        {
            "action": account_path(f"/passkeys/{one.public_id}/remove"),
            "added": _day(one.added_at),
            "used": _day(one.used_at) if one.used_at else None,
            "synced": one.synced,
        }
        for one in kept.passkeys_of(db.session(), g.supporter.id)
    ]
    return render_template(
        "account/passkeys.html",
        passkeys=rows,
        possible=party() is not None and len(rows) < kept.MOST,
        options_url=account_path("/passkeys/options"),
        action=account_path("/passkeys"),
    )


@page("/passkeys/options", methods=("POST",))
def passkey_options() -> ResponseReturnValue:
    """What the browser needs to make one."""
    parts = house()
    try:
        options = kept.options_to_add(
            db.session(), parts.master, party_here(), g.supporter, parts.clock.now()
        )
    except TryAgainLater:
        return _no(429)
    except PasskeyRefused:
        return _no(409)
    return Response(options, mimetype=_JSON)


@page("/passkeys", methods=("POST",))
def add_passkey() -> ResponseReturnValue:
    """Keep the one the browser made."""
    parts, answer = house(), request.form.get("answer", "")
    now = parts.clock.now()
    try:
        kept.add(db.session(), parts.master, party_here(), g.supporter.id, answer, now=now)
    except PasskeyRefused:
        return _no(422)
    return _on(account_path("/passkeys"))


@page("/passkeys/<public_id>/remove", methods=("POST",))
def remove_passkey(public_id: str) -> ResponseReturnValue:
    """Let it open nothing any more."""
    kept.remove(db.session(), g.supporter.id, public_id)
    return redirect(account_path("/passkeys"), 303)


@open_page("/sign-in/passkey/options", methods=("POST",))
def sign_in_options() -> ResponseReturnValue:
    """What the browser needs to ask for a passkey; the same for everyone."""
    try:
        options = passkey_entry.options_to_sign_in(db.session(), party_here(), house().clock.now())
    except TryAgainLater:
        return _no(429)
    return Response(options, mimetype=_JSON)


@open_page("/sign-in/passkey", methods=("POST",))
def sign_in_with_passkey() -> ResponseReturnValue:
    """Let in whose passkey answered."""
    parts, session, answer = house(), db.session(), request.form.get("answer", "")
    now, former = parts.clock.now(), visitor_token()
    try:
        token = passkey_entry.enter(session, parts.master, party_here(), answer, now=now)
    except PasskeyRefused:
        return _no(422)
    if former is not None:
        sessions.sign_out(session, former, now)
    reply = _on(way_back(request.form.get("next", "")))
    remember(reply, token)
    return reply


def _on(where: str) -> Response:
    """Tell the script where to go."""
    return Response(where, mimetype="text/plain")


def _no(status: int) -> ResponseReturnValue:
    """Tell the reader, through the script, that it did not work."""
    sentence = (
        _("Too many people are signing in at this moment. Please try again in a few minutes.")
        if status == 429  # noqa: PLR2004 - the status's own name
        else _("This passkey was not accepted. Try again, or have a link sent to you.")
    )
    headers = _RETRY if status == 429 else {}  # noqa: PLR2004
    return Response(sentence, status, headers, mimetype="text/plain")


def _day(moment: datetime) -> str:
    return day_text(moment.astimezone(house().newsroom.zone).date(), g.language)
