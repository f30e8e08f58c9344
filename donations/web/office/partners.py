"""Other programs: the sites passes are made for, and the keys by which programs ask us.

An administrator's pages: whoever runs the machine decides whom it talks to.  A key's secret is in
the answer that made it and in no other.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog
from flask import g, redirect, render_template, request, url_for
from wtforms import StringField

from donations.kernel.database import db
from donations.kernel.errors import FieldRefused
from donations.partners.endpoints import every_endpoint
from donations.partners.keys import every_key, make_key, revoke, use_since
from donations.partners.kinds import Scope, Told
from donations.partners.replaying import counts
from donations.passes.sites import add_site, every_site, remove_site
from donations.staff.roles import Permission
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.entry_form import EntryForm

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

NEEDS: Final = Permission.PARTNERS
_COUNTED: Final = timedelta(days=30)
_log: Final = structlog.get_logger("donations.office")


class SiteForm(EntryForm):
    """A site passes are made for."""

    anchor = "site"
    landing = StringField()


class KeyForm(EntryForm):
    """A new key."""

    anchor = "key"
    label = StringField()


class EndpointForm(EntryForm):
    """A new endpoint."""

    anchor = "endpoint"
    label = StringField()
    url = StringField()


@page("/partners", needs=NEEDS)
def partner_list() -> ResponseReturnValue:
    """Sites, keys and endpoints, with the forms that add one."""
    return partners_page()


@page("/partners/sites", needs=NEEDS, methods=("POST",))
def partner_site_add() -> ResponseReturnValue:
    """Make passes for another site."""
    form, now = SiteForm(), house().clock.now()
    try:
        site = add_site(
            db.session(), (form.landing.data or "").strip(), by=g.visitor.login, now=now
        )
    except FieldRefused as refused:
        form.refuse(refused)
        return partners_page(form), 422
    _log.info("site of passes added", site=site.public_id, staff=g.visitor.staff_id)
    return _back()


@page("/partners/sites/<public_id>/remove", needs=NEEDS, methods=("POST",))
def partner_site_remove(public_id: str) -> ResponseReturnValue:
    """Make no more passes for a site."""
    remove_site(db.session(), public_id)
    _log.info("site of passes removed", site=public_id, staff=g.visitor.staff_id)
    return _back()


@page("/partners/keys", needs=NEEDS, methods=("POST",))
def partner_key_make() -> ResponseReturnValue:
    """Make a key, and show its secret this once."""
    form, now = KeyForm(), house().clock.now()
    label, scopes = (form.label.data or "").strip(), request.form.getlist("scopes")
    try:
        key, token = make_key(db.session(), label, scopes, by=g.visitor.login, now=now)
    except FieldRefused as refused:
        form.refuse(refused)
        return partners_page(form), 422
    _log.info("key made", key=key.prefix, scopes=key.scopes, staff=g.visitor.staff_id)
    return partners_page(secret=token)


@page("/partners/keys/<prefix>/revoke", needs=NEEDS, methods=("POST",))
def partner_key_revoke(prefix: str) -> ResponseReturnValue:
    """Let a key open nothing any more."""
    revoke(db.session(), prefix, by=g.visitor.login, now=house().clock.now())
    _log.info("key revoked", key=prefix, staff=g.visitor.staff_id)
    return _back()


def partners_page(sent: EntryForm | None = None, *, secret: str = "") -> str:
    """The page; `sent` stands in the place of the form of its kind, `secret` is shown once."""
    session, now = db.session(), house().clock.now()
    return render_template(
        "office/partners.html",
        sites=every_site(session),
        keys=every_key(session),
        use=use_since(session, (now - _COUNTED).date()),
        endpoints=every_endpoint(session),
        counts=counts(session),
        scopes=[one.value for one in Scope],
        kinds=[one.value for one in Told],
        ticked=request.form.getlist("scopes") + request.form.getlist("kinds"),
        secret=secret,
        base_url=house().base_url,
        site_form=sent if isinstance(sent, SiteForm) else SiteForm(formdata=None),
        key_form=sent if isinstance(sent, KeyForm) else KeyForm(formdata=None),
        endpoint_form=sent if isinstance(sent, EndpointForm) else EndpointForm(formdata=None),
    )


def _back() -> ResponseReturnValue:
    return redirect(url_for("office.partner_list"), 303)
