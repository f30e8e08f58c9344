"""Supporters: a list by number for many, a name and a mailbox only one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog
from flask import g, redirect, render_template, request, url_for

from donations.kernel.database import db
from donations.kernel.errors import NotFound
from donations.reports.supporters import Belonging, supporters
from donations.reports.timeline import named, timeline
from donations.staff.roles import Permission, may
from donations.supporters.directory import Identity, find_by_email, identity
from donations.vault.sealed import Forgotten
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.queries import asked, asked_supporters, kept_filters

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_log: Final = structlog.get_logger("donations.office")


@page("/supporters", needs=Permission.SUPPORTERS)
def supporter_list() -> ResponseReturnValue:
    """Supporters by number, newest first."""
    chosen = asked_supporters()
    found = supporters(db.session(), chosen, after=asked("after", str))
    return render_template(
        "office/supporters.html",
        chosen=chosen,
        found=found,
        belongings=tuple(Belonging),
        query=kept_filters(),
    )


@page("/supporters/find", needs=Permission.IDENTITY, methods=("POST",))
def supporter_find() -> ResponseReturnValue:
    """Find one supporter by a whole e-mail address; it is posted, so no address ever holds it."""
    found = find_by_email(db.session(), house().master, request.form.get("email", ""))
    if found is None:
        raise NotFound
    return redirect(url_for("office.supporter_page", public_id=found.public_id), 303)


@page("/supporters/<public_id>", needs=Permission.SUPPORTER)
def supporter_page(public_id: str) -> ResponseReturnValue:
    """One supporter's timeline; name and e-mail for those who answer letters."""
    found = timeline(db.session(), public_id)
    known = _opened(public_id) if may(g.visitor.role, Permission.IDENTITY) else None
    return render_template("office/supporter.html", found=found, identity=known)


def _opened(public_id: str) -> Identity | None:
    supporter = named(db.session(), public_id)
    try:
        known = identity(db.session(), house().master, supporter)
    except Forgotten:
        return None
    _log.info("identity shown", supporter=public_id, staff=g.visitor.staff_id)
    return known
