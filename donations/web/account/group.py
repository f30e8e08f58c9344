"""A group: its holder chooses how many seats there are and who is invited; others see their own.

Whose group a seat is in is never told; what the holder sees of a seat is the address they typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import g, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select

from donations.entitlements import inviting
from donations.entitlements.seats import choose_seats, quote
from donations.giving.models import Membership
from donations.kernel.database import db
from donations.kernel.errors import BadAmount, FieldRefused, NotAllowed, NotFound
from donations.mailer.addresses import BadAddress, checked_address
from donations.self_service import asking
from donations.self_service.actions import Action, standing_of
from donations.web.account.blueprint import account_path, page
from donations.web.account.group_view import group_views, seat_views
from donations.web.account.tongues import tongues
from donations.web.house import house
from donations.web.public.address_field import address_message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue


@page("/group")
def show_group() -> ResponseReturnValue:
    """Every membership that is a group or may become one, and the seats one has oneself."""
    return _page()


@page("/group/seats", methods=("POST",))
def choose_group_seats() -> ResponseReturnValue:
    """So many seats from the next payment on: noted here, and the amount asked of Stripe.

    First the seats and then the amount, so that nobody pays for seats that were not noted.
    """
    membership, now = _own_membership(), house().clock.now()
    session, name, number = db.session(), membership.public_id, membership.id
    try:
        seats = int(request.form.get("seats", ""))
        chosen = quote(session, membership, seats)
        stands = standing_of(session, name, now=now)
        if Action.AMOUNT not in stands.allowed or stands.pending is not None:
            return _page({name: {"seats": _("That cannot be changed just now.")}}), 409
        house().price_list.ask(chosen.amount.currency, stands.frequency).check(chosen.amount)
        choose_seats(session, number, seats, now=now)
        if chosen.amount != stands.amount:
            asking.change_amount(
                session, name, chosen.amount, prices=house().price_list, via="account", now=now
            )
    except (ValueError, FieldRefused, BadAmount):
        return _page({name: {"seats": _("Choose one of the numbers in the list.")}}), 422
    except NotAllowed:
        return _page({name: {"seats": _("That cannot be changed just now.")}}), 409
    return redirect(account_path("/group"), 303)


@page("/group/invite", methods=("POST",))
def invite_to_group() -> ResponseReturnValue:
    """Invite one address to a seat that is paid for."""
    membership, parts = _own_membership(), house()
    name, number, typed = membership.public_id, membership.id, request.form.get("email", "")
    language = request.form.get("language", "")
    spoken = parts.newsroom.languages
    try:
        inviting.invite(
            db.session(),
            parts.master,
            number,
            checked_address(typed),
            language=language if language in spoken else g.language,
            now=parts.clock.now(),
        )
    except BadAddress as error:
        return _page({name: {"email": address_message(error), "typed": typed[:254]}}), 422
    except NotAllowed as error:
        return _page({name: {"email": _refusal(error), "typed": typed[:254]}}), 409
    return redirect(account_path("/group"), 303)


@page("/group/seats/<seat>/take-back", methods=("POST",))
def take_back_seat(seat: str) -> ResponseReturnValue:
    """Withdraw an invitation, or end a seat somebody has."""
    number = _own_membership().id
    inviting.take_back(db.session(), number, seat, now=house().clock.now())
    return redirect(account_path("/group"), 303)


@page("/group/seats/<seat>/leave", methods=("POST",))
def leave_seat(seat: str) -> ResponseReturnValue:
    """Give up one's own seat."""
    inviting.leave(db.session(), g.supporter.id, seat, now=house().clock.now())
    return redirect(account_path("/group"), 303)


def _own_membership() -> Membership:
    """The one the form names.  Raises `NotFound` alike for none and for another's."""
    membership = db.session().scalar(
        select(Membership).where(
            Membership.public_id == request.form.get("membership", ""),
            Membership.supporter_id == g.supporter.id,
        )
    )
    if membership is None:
        raise NotFound
    return membership


def _refusal(error: NotAllowed) -> str:
    return {
        "own": _("That is your own address: your seat is the first one."),
        "already": _("This address has a seat or an invitation already."),
        "full": _("Every seat that is paid for is given out."),
        "often": _("This address was invited several times lately. Ask them first."),
    }[error.reason]


def _page(problems: Mapping[str, Mapping[str, Any]] | None = None) -> str:
    """`problems` are by membership and field."""
    db.session().rollback()
    found = problems or {}
    views = group_views(found)
    return render_template(
        "account/group.html",
        groups=views,
        summary=[
            {"field": f"{field}-{view.number}", "message": view.problems[field]}
            for view in views
            for field in ("seats", "email")
            if field in view.problems
        ],
        seats=seat_views(),
        tongues=tongues(),
    )
