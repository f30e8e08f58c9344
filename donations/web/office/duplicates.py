"""Supporters who may be one person twice: shown side by side, and joined when somebody says so.

The list names nobody.  Opening a pair opens two identities, for those who answer letters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog
from flask import abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from donations.adoption import likeness
from donations.dossiers.merging import join
from donations.dossiers.suggesting import suggested, tell_apart
from donations.kernel.database import begin_write, db
from donations.kernel.errors import NotAllowed
from donations.reports.timeline import named, timeline
from donations.staff.roles import Permission
from donations.supporters.aliases import aliases_of
from donations.supporters.directory import identity
from donations.vault.sealed import Forgotten
from donations.web.house import house
from donations.web.office.blueprint import page

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from donations.reports.timeline import Timeline
    from donations.supporters.directory import Identity

_log: Final = structlog.get_logger("donations.office")
WHY: Final = {
    "name": lazy_gettext("The same name at the same domain"),
    "mailbox": lazy_gettext("The same mailbox but for dots or a plus"),
}


@page("/duplicates", needs=Permission.IDENTITY)
def duplicate_list() -> ResponseReturnValue:
    """Pairs who are alike, by number; and a form for two numbers somebody knows to be one."""
    return _listed()


@page("/duplicates", needs=Permission.IDENTITY, methods=("POST",))
def duplicate_open() -> ResponseReturnValue:
    """Go to the pair of two numbers typed."""
    one, other = (request.form.get(name, "").strip().lower() for name in ("one", "other"))
    if not one or not other or one == other:
        return _listed(bad=True), 422
    return redirect(url_for("office.duplicate_pair", one=one, other=other), 303)


@page("/duplicates/<one>/<other>", needs=Permission.IDENTITY)
def duplicate_pair(one: str, other: str) -> ResponseReturnValue:
    """Two supporters side by side, with everything that happened with each."""
    return _pair(one, other)


@page("/duplicates/<one>/<other>/merge", needs=Permission.IDENTITY, methods=("POST",))
def duplicate_merge(one: str, other: str) -> ResponseReturnValue:
    """Join the two, if it was confirmed which of them is kept."""
    kept = request.form.get("keep", "")
    if kept not in {one, other} or request.form.get("sure") != "yes":
        return _pair(
            one, other, problem=_("Choose which of the two is kept, and tick the box.")
        ), 422
    session, now = begin_write(db.session()), house().clock.now()
    gone = other if kept == one else one
    keep, leave = named(session, kept), named(session, gone)
    try:
        join(session, house().master, keep, leave, by=g.visitor.login, now=now)
    except (NotAllowed, Forgotten):
        session.rollback()
        return _pair(one, other, problem=_("One of them is forgotten, or asked to be.")), 422
    number = keep.public_id
    session.commit()
    _log.info("supporters joined", kept=number, gone=gone, staff=g.visitor.staff_id)
    return redirect(url_for("office.supporter_page", public_id=number), 303)


@page("/duplicates/<one>/<other>/apart", needs=Permission.IDENTITY, methods=("POST",))
def duplicate_apart(one: str, other: str) -> ResponseReturnValue:
    """Keep in mind that these are two people."""
    session, now = db.session(), house().clock.now()
    pair = named(session, one), named(session, other)
    try:
        tell_apart(session, *pair, by=g.visitor.login, now=now)
    except NotAllowed:
        abort(404)
    return redirect(url_for("office.duplicate_list"), 303)


def _listed(*, bad: bool = False) -> str:
    session, parts = begin_write(db.session()), house()
    compared = likeness.refresh(session, parts.master)
    session.commit()
    return render_template(
        "office/duplicates.html",
        pairs=suggested(session),
        more=compared == likeness.AT_ONCE,
        bad=bad,
        WHY=WHY,
    )


def _pair(one: str, other: str, *, problem: str = "") -> str:
    session = db.session()
    if named(session, one).id == named(session, other).id:
        abort(404)
    sides = [(timeline(session, name), *_known(name)) for name in (one, other)]
    _log.info("identities compared", one=one, other=other, staff=g.visitor.staff_id)
    return render_template(
        "office/merge.html", sides=sides, one=one, other=other, problem=problem, **_suggested(sides)
    )


def _known(name: str) -> tuple[Identity | None, list[str]]:
    """A supporter's identity, and the numbers that were joined with theirs."""
    session = db.session()
    supporter = named(session, name)
    joined = [alias.number for alias in aliases_of(session, supporter.id) if alias.number]
    try:
        return identity(session, house().master, supporter), joined
    except Forgotten:
        return None, joined


def _suggested(sides: list[tuple[Timeline, Identity | None, list[str]]]) -> dict[str, str]:
    """Who is kept if nobody says otherwise: whoever gave last, else who is known longer."""
    first, second = (side[0].summary for side in sides)
    ends = [summary.last_gift_at or summary.since for summary in (first, second)]
    return {"kept": second.public_id if ends[1] > ends[0] else first.public_id}
