"""A pass for the newsroom's pages: taken here, carried over by a link, known to nobody after.

The pass stands behind `#` in that link, which no browser sends to a server.  A form that led on to
another site by itself would be stopped by our own content policy, so it is a link to click.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from flask import g, render_template, request
from flask_babel import gettext as _

from donations.kernel.database import db
from donations.kernel.errors import NotAllowed
from donations.passes.entitled import Level, standing
from donations.passes.issuing import blind_signed, signed_pass
from donations.passes.keys import BLIND, ensure_keys, signing_key
from donations.passes.sites import every_site, site_named
from donations.web.account.blueprint import account_path, page
from donations.web.house import house

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from donations.passes.models import PassSite

_STATUS: Final = {"too_many": 429, "other_level": 403}


@page("/pass")
def show_pass() -> ResponseReturnValue:
    """What a pass is, and for each site the button that makes one."""
    return _page()


@page("/pass", methods=("POST",))
def take_pass() -> ResponseReturnValue:
    """Make a pass for one site: signed, or blind if the browser sent a hidden message."""
    site, level = site_named(db.session(), request.form.get("site", "")), _level()
    if level is None:
        return _page(), 403
    if "blinded" in request.form:
        return _blind(level)
    parts = house()
    now = parts.clock.now()
    ensure_keys(db.session(), parts.master, now)
    made = signed_pass(
        db.session(),
        parts.master,
        level,
        issuer=parts.base_url,
        audience=site.origin,
        now=now,
    )
    return _page(link=f"{site.landing}#pass={made}", link_site=site.origin)


def _blind(level: Level) -> ResponseReturnValue:
    parts, kid = house(), request.form.get("kid", "")
    try:
        signed = blind_signed(
            db.session(),
            parts.master,
            g.supporter.id,
            level,
            kid=kid,
            blinded=request.form["blinded"],
            now=parts.clock.now(),
        )
    except NotAllowed as refused:
        return _page(problem=_problem(refused.reason)), _STATUS.get(refused.reason, 422)
    return _page(signed=signed, signed_kid=kid)


def _level() -> Level | None:
    found = standing(db.session(), g.supporter.id, house().clock.now())
    return None if found is None else found.level


def _page(**more: Any) -> str:  # noqa: ANN401 - whatever the template is told
    level = _level()
    sites = list(every_site(db.session())) if level else []
    shown = [_site(one) for one in sites]
    return render_template(
        "account/pass.html",
        level=level,
        sites=shown,
        blind=_blind_key(level) if level and shown else None,
        action=account_path("/pass"),
        **more,
    )


def _site(site: PassSite) -> dict[str, str]:
    return {"name": site.public_id, "origin": site.origin, "landing": site.landing}


def _blind_key(level: Level) -> dict[str, str]:
    session, parts = db.session(), house()
    now = parts.clock.now()
    ensure_keys(session, parts.master, now)
    public = json.loads(signing_key(session, BLIND, level.value, now).public)
    return {name: public[name] for name in ("kid", "n", "e")}


def _problem(reason: str) -> str:
    if reason == "too_many":
        return _("That was the last private pass for today. Tomorrow there are new ones.")
    return _("That pass was not made. Please try once more.")
