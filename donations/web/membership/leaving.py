"""Ending support without signing in and without a link, and the question why, asked afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from flask import g, redirect, render_template, request
from flask_babel import gettext as _

from donations.giving.cancelling import find_membership
from donations.kernel.database import db
from donations.kernel.errors import NotFound
from donations.kernel.wording import moment_text
from donations.mailer.addresses import BadAddress, checked_address
from donations.self_service.actions import Action, standing_of
from donations.self_service.withdrawing import (
    REASONS,
    ask_for_links,
    find_by_receipt,
    note_reason,
    withdraw,
)
from donations.web.house import house
from donations.web.membership.acting import act, show
from donations.web.membership.by_link import admission_by_link
from donations.web.membership.words import given
from donations.web.public.address_field import address_message
from donations.web.public.blueprint import page, page_path

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from donations.web.membership.admission import Admission

WHY: Final = "membership why"
WITHDRAWAL: Final = "withdrawal"
LASTING: Final = "membership-cancel"
_LASTS: Final = timedelta(hours=1)
_WHY_LASTS: Final = timedelta(days=30)
_LONGEST_NUMBER: Final = 12
_LONGEST_ECHO: Final = 254
_HEADERS: Final = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


@page("/support/cancel/<token>", name="membership_cancel")
def show_cancelling(token: str) -> ResponseReturnValue:
    """The cancelling link of earlier letters, which never ends."""
    return show(_lasting(token))


@page("/support/cancel/<token>", name="membership_cancel", methods=("POST",))
def cancel_it(token: str) -> ResponseReturnValue:
    """End it."""
    return act(_lasting(token), request.form)


@page("/cancel", name="cancel")
def cancel_form() -> ResponseReturnValue:
    """Step one: the address and the number of a receipt."""
    return _first_step()


@page("/cancel", name="cancel", methods=("POST",))
def cancel_find() -> ResponseReturnValue:
    """Find the membership, or have links written to the address we hold."""
    typed = {name: request.form.get(name, "")[:_LONGEST_ECHO] for name in ("email", "number")}
    try:
        email = checked_address(typed["email"])
    except BadAddress as error:
        return _first_step(typed, {"email": address_message(error)})
    parts, session = house(), db.session()
    if request.form.get("by") == "letter":
        ask_for_links(session, parts.master, email, now=parts.clock.now())
        return render_template("membership/cancel_sent.html"), 200, _HEADERS
    number = typed["number"].strip().lstrip("№#").strip()
    if not (number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER):
        return _first_step(typed, {"number": _("Enter the number in digits, such as 4821.")})
    try:
        found = find_by_receipt(session, parts.master, email, int(number), now=parts.clock.now())
    except NotFound:
        return _first_step(typed, {"number": _not_found()})
    token = parts.signer.sign(WITHDRAWAL, f"{found.public_id} {number}")
    return redirect(page_path(f"/cancel/{token}"), 303)


@page("/cancel/<token>", name="cancel_confirm")
def cancel_confirm(token: str) -> ResponseReturnValue:
    """Step two: what would end, and the button."""
    public_id, _number = _named(token)
    return _second_step(token, public_id)


@page("/cancel/<token>", name="cancel_confirm", methods=("POST",))
def cancel_declare(token: str) -> ResponseReturnValue:
    """End it, and acknowledge the declaration with day and time."""
    public_id, number = _named(token)
    withdrawal = withdraw(db.session(), public_id, number, now=house().clock.now())
    zone = house().newsroom.zone
    page_text = render_template(
        "membership/cancel_done.html",
        at=moment_text(withdrawal.at.astimezone(zone), g.language),
        number=number,
        why=why_url(public_id, g.language),
    )
    return page_text, 200, _HEADERS


@page("/support/why/<token>", name="membership_why", methods=("POST",))
def tell_why(token: str) -> ResponseReturnValue:
    """Keep the reason somebody gave after the end."""
    public_id = house().signer.read(WHY, token, max_age=_WHY_LASTS)
    reason = request.form.get("reason", "")
    if reason in REASONS:
        note_reason(db.session(), public_id, reason, now=house().clock.now())
    return render_template("membership/why_thanks.html", told=reason in REASONS), 200, _HEADERS


def why_url(public_id: str, language: str) -> str:
    """The address to which the reason for an end is sent."""
    return page_path(f"/support/why/{house().signer.sign(WHY, public_id)}", language)


def _lasting(token: str) -> Admission:
    public_id = house().signer.read_lasting(LASTING, token)
    return admission_by_link(Action.CANCEL, public_id, page_path(f"/support/cancel/{token}"))


def _first_step(
    typed: dict[str, str] | None = None, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    page_text = render_template(
        "membership/cancel_find.html", typed=typed or {}, errors=errors or {}
    )
    return page_text, 422 if errors else 200, _HEADERS


def _second_step(token: str, public_id: str) -> ResponseReturnValue:
    standing = standing_of(db.session(), public_id, now=house().clock.now())
    membership = find_membership(db.session(), public_id)
    page_text = render_template(
        "membership/cancel_confirm.html",
        here=page_path(f"/cancel/{token}"),
        label=given(standing.amount, standing.frequency),
        ended=membership.ended_at is not None,
    )
    return page_text, 200, _HEADERS


def _named(token: str) -> tuple[str, int]:
    public_id, number = house().signer.read(WITHDRAWAL, token, max_age=_LASTS).split(" ")
    return public_id, int(number)


def _not_found() -> str:
    return _(
        "We found no regular support with this address and this number. Check both, or have a link"
        " sent to your address."
    )
