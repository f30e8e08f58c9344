"""What else a supporter may settle: language, being named, passkeys, browsers, data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, redirect, render_template, request

from donations.kernel.database import db
from donations.supporters.directory import identity
from donations.supporters.passkeys import passkeys_of
from donations.supporters.sessions import live_sessions
from donations.supporters.wishes import choose_language, choose_naming
from donations.web.account.blueprint import account_path, page
from donations.web.account.passkey_party import party
from donations.web.account.tongues import tongues
from donations.web.house import house

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@page("/settings")
def show_settings() -> ResponseReturnValue:
    """Each thing as it stands, with the way to change it."""
    session, parts = db.session(), house()
    known = identity(session, parts.master, g.supporter)
    return render_template(
        "account/settings.html",
        email=known.email,
        name=known.name,
        language=dict(tongues()).get(g.supporter.language, g.supporter.language),
        several_languages=len(parts.newsroom.languages) > 1,
        anonymous=g.supporter.anonymous,
        passkeys=len(passkeys_of(session, g.supporter.id)),
        passkeys_possible=party() is not None,
        browsers=live_sessions(session, g.supporter.id, parts.clock.now()),
    )


@page("/language")
def show_language() -> ResponseReturnValue:
    """In which language we write."""
    return render_template(
        "account/language.html",
        action=account_path("/language"),
        tongues=tongues(),
        chosen=g.supporter.language,
    )


@page("/language", methods=("POST",))
def keep_language() -> ResponseReturnValue:
    """Write in that language, and go on in it."""
    language = request.form.get("language", "")
    if language not in house().newsroom.languages:
        return redirect(account_path("/language"), 303)
    choose_language(db.session(), g.supporter.id, language)
    return redirect(account_path("/settings", language), 303)


@page("/naming")
def show_naming() -> ResponseReturnValue:
    """Whether the name may be published."""
    parts = house()
    return render_template(
        "account/naming.html",
        action=account_path("/naming"),
        name=identity(db.session(), parts.master, g.supporter).name,
        anonymous=g.supporter.anonymous,
    )


@page("/naming", methods=("POST",))
def keep_naming() -> ResponseReturnValue:
    """Name them only if they say so outright."""
    named = request.form.get("naming") == "named"
    choose_naming(db.session(), g.supporter.id, anonymous=not named)
    return redirect(account_path("/settings"), 303)
