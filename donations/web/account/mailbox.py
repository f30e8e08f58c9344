"""My e-mail address: changed once the old mailbox and the new one have both agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, request

from donations.dossiers.mailbox import LASTS, Side, agree, ask, awaited, find_change, refuse
from donations.dossiers.mailbox_letters import purpose_of
from donations.kernel.database import db
from donations.kernel.errors import NotFound
from donations.supporters.directory import identity
from donations.vault.sealed import Forgotten
from donations.web.account.blueprint import open_page, page
from donations.web.house import house
from donations.web.public.newsletter_form import AddressForm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from donations.dossiers.models import MailboxChange


@page("/email")
def email() -> ResponseReturnValue:
    """The address we write to, and the field for another."""
    return _email_page()


@page("/email", methods=("POST",))
def email_change() -> ResponseReturnValue:
    """Ask both mailboxes."""
    form = AddressForm()
    if not form.validate():
        return _email_page(form.email.data or "", form.first_errors()), 422
    parts = house()
    now = parts.clock.now()
    ask(db.session(), parts.master, g.supporter.id, form.email.address, now=now)
    return _email_page()


def _email_page(typed: str = "", errors: Mapping[str, str] | None = None) -> str:
    parts, session = house(), db.session()
    return render_template(
        "account/email.html",
        email=identity(session, parts.master, g.supporter).email,
        waiting=awaited(session, g.supporter.id, parts.clock.now()),
        typed=typed,
        errors=errors or {},
    )


@open_page("/email/<any(old, new):side>/<token>")
def email_side(side: str, token: str) -> ResponseReturnValue:
    """The question a letter leads to; looking changes nothing."""
    found = _named(Side(side), token)
    change = find_change(db.session(), found, house().clock.now())
    return _side_page(Side(side), change)


@open_page("/email/<any(old, new):side>/<token>", methods=("POST",))
def email_side_answer(side: str, token: str) -> ResponseReturnValue:
    """Agree or refuse."""
    parts, session = house(), db.session()
    found, now = _named(Side(side), token), parts.clock.now()
    if request.form.get("answer") == "refuse":
        return _side_page(Side(side), refuse(session, found, now))
    try:
        change = agree(session, parts.master, found, Side(side), now=now)
    except Forgotten as error:
        raise NotFound from error
    return _side_page(Side(side), change)


def _named(side: Side, token: str) -> str:
    return house().signer.read(purpose_of(side), token, max_age=LASTS)


def _side_page(side: Side, change: MailboxChange) -> str:
    agreed = change.old_agreed_at if side is Side.OLD else change.new_agreed_at
    return render_template(
        "account/email_side.html", side=side.value, state=change.state, agreed=agreed is not None
    )
