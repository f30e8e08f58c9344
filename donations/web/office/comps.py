"""Comps: a tier for somebody who does not pay for it, until a day, for a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog
from flask import g, redirect, render_template, url_for
from wtforms import StringField

from donations.entitlements.comps import address_of, comps, grant_comp, revoke_comp
from donations.kernel.database import db
from donations.kernel.errors import FieldRefused
from donations.mailer.addresses import BadAddress
from donations.staff.roles import Permission
from donations.tiers.editing import tiers
from donations.tiers.states import TierState
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.entry_form import EntryForm, one_of, read_day

if TYPE_CHECKING:
    from datetime import date

    from flask.typing import ResponseReturnValue

_log: Final = structlog.get_logger("donations.office")
_NEEDS: Final = Permission.COMPS


class CompForm(EntryForm):
    """Who, what, from when until when, and why."""

    anchor = "comp"
    email = StringField()
    tier = StringField()
    from_on = StringField()
    until_on = StringField()
    reason = StringField()


@page("/comps", needs=_NEEDS)
def comp_list() -> ResponseReturnValue:
    """The latest comps, and the form that grants one."""
    return _page(CompForm(formdata=None, data={"from_on": _today().isoformat()}))


@page("/comps", needs=_NEEDS, methods=("POST",))
def comp_grant() -> ResponseReturnValue:
    """Give a tier to a mailbox."""
    form = CompForm()
    tier = form.read("tier", one_of(_offered()))
    begins, ends = form.read("from_on", read_day), form.read("until_on", read_day)
    if tier is None or begins is None or ends is None:
        return _page(form), 422
    parts = house()
    try:
        comp = grant_comp(
            db.session(),
            parts.master,
            email=(form.email.data or "").strip(),
            tier_code=tier,
            from_on=begins,
            until_on=ends,
            reason=form.reason.data or "",
            zone=parts.newsroom.zone,
            by=g.visitor.login,
            now=parts.clock.now(),
        )
    except BadAddress as error:
        form.refuse(FieldRefused("email", error.reason))
        return _page(form), 422
    except FieldRefused as refused:
        form.refuse(refused)
        return _page(form), 422
    _log.info("comp granted", comp=comp.public_id, tier=tier, staff=g.visitor.staff_id)
    return redirect(url_for("office.comp_list"), 303)


@page("/comps/<public_id>/revoke", needs=_NEEDS, methods=("POST",))
def comp_revoke(public_id: str) -> ResponseReturnValue:
    """Take one back."""
    revoke_comp(db.session(), public_id, by=g.visitor.login, now=house().clock.now())
    _log.info("comp revoked", comp=public_id, staff=g.visitor.staff_id)
    return redirect(url_for("office.comp_list"), 303)


def _page(form: CompForm) -> str:
    session, parts = db.session(), house()
    session.rollback()
    latest = comps(session)
    return render_template(
        "office/comps.html",
        comps=latest,
        addresses={one.id: address_of(session, parts.master, one) for one in latest},
        now=parts.clock.now(),
        tiers=_offered(),
        form=form,
    )


def _offered() -> tuple[str, ...]:
    return tuple(one.code for one in tiers(db.session()) if one.state == TierState.OFFERED)


def _today() -> date:
    return house().clock.now().astimezone(house().newsroom.zone).date()
