"""Endpoints of other programs: adding one, what it was sent and how that went, sending again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog
from flask import g, redirect, render_template, request, url_for

from donations.kernel.database import db
from donations.kernel.errors import FieldRefused, NotAllowed
from donations.partners.endpoints import (
    OFF,
    ON,
    add_endpoint,
    endpoint_named,
    switch,
    target,
)
from donations.partners.outward import Outward, is_development
from donations.partners.replaying import (
    SHOWN,
    counts,
    deliveries_to,
    send_again,
    send_failed_again,
)
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.partners import NEEDS, EndpointForm, partners_page

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_STATES: Final = {"on": ON, "off": OFF}
_log: Final = structlog.get_logger("donations.office")


@page("/partners/endpoints", needs=NEEDS, methods=("POST",))
def partner_endpoint_add() -> ResponseReturnValue:
    """Add an endpoint, and show the secret it is signed to under this once."""
    form, parts = EndpointForm(), house()
    try:
        endpoint, secret = add_endpoint(
            db.session(),
            parts.master,
            Outward(inside_too=is_development(parts.base_url)),
            url=(form.url.data or "").strip(),
            label=(form.label.data or "").strip(),
            kinds=request.form.getlist("kinds"),
            by=g.visitor.login,
            now=parts.clock.now(),
        )
    except FieldRefused as refused:
        form.refuse(refused)
        return partners_page(form), 422
    _log.info("endpoint added", endpoint=endpoint.public_id, staff=g.visitor.staff_id)
    return partners_page(secret=secret)


@page("/partners/endpoints/<public_id>", needs=NEEDS)
def partner_endpoint_page(public_id: str) -> ResponseReturnValue:
    """One endpoint and its latest deliveries."""
    return _page(public_id)


@page("/partners/endpoints/<public_id>/switch", needs=NEEDS, methods=("POST",))
def partner_endpoint_switch(public_id: str) -> ResponseReturnValue:
    """Let an endpoint rest, or wake it."""
    state = _STATES.get(request.form.get("state", ""), OFF)
    switch(db.session(), public_id, state, now=house().clock.now())
    _log.info("endpoint switched", endpoint=public_id, state=state, staff=g.visitor.staff_id)
    return _back(public_id)


@page("/partners/endpoints/<public_id>/replay", needs=NEEDS, methods=("POST",))
def partner_endpoint_replay(public_id: str) -> ResponseReturnValue:
    """Send one event again, or all that were not taken."""
    session, now = db.session(), house().clock.now()
    event = request.form.get("event", "")
    try:
        if event:
            send_again(session, public_id, event, now=now)
        else:
            send_failed_again(session, public_id, now=now)
    except NotAllowed:
        return _page(public_id, is_off=True), 422
    _log.info("sent again", endpoint=public_id, one=event or "all", staff=g.visitor.staff_id)
    return _back(public_id)


def _page(public_id: str, *, is_off: bool = False) -> str:
    session = db.session()
    endpoint = endpoint_named(session, public_id)
    before = request.args.get("before", type=int)
    rows = deliveries_to(session, endpoint.id, before=before)
    return render_template(
        "office/partners_endpoint.html",
        endpoint=endpoint,
        address=target(house().master, endpoint)[0],
        rows=rows,
        counts=counts(session).get(endpoint.id, {}),
        older=rows[-1].id if len(rows) == SHOWN else None,
        is_off=is_off,
    )


def _back(public_id: str) -> ResponseReturnValue:
    return redirect(url_for("office.partner_endpoint_page", public_id=public_id), 303)
