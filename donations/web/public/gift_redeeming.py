"""The pages behind a gift's link and an invitation's: they show what one gets, and one button acts.

Looking changes nothing, because mail programs open links by themselves.  Nothing is filled in that
a reader has not typed.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from flask import g, render_template

from donations.entitlements.gift_offers import tier_benefits, tier_name
from donations.entitlements.gift_words import message_of
from donations.entitlements.group_models import GroupSeat
from donations.entitlements.inviting import accept, find_invitation
from donations.entitlements.redeeming import find_gift_membership, redeem
from donations.kernel.database import db
from donations.kernel.errors import NotAllowed, TryAgainLater
from donations.kernel.wording import day_text
from donations.supporters.sign_in_links import LIVES, ask_for_link
from donations.web.house import house
from donations.web.public.blueprint import page, page_path
from donations.web.public.newsletter_form import AddressForm

if TYPE_CHECKING:
    from datetime import datetime

    from flask.typing import ResponseReturnValue

    from donations.entitlements.gift_models import GiftMembership

_REDEEM: Final = "/support/gift/redeem/<token>"
_SEAT: Final = "/support/seat/<token>"
_HEADERS: Final = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
_GONE: Final = 410
_MINUTES: Final = int(LIVES.total_seconds() // 60)


@page(_REDEEM, name="redeem")
def show_gift_to_redeem(token: str) -> ResponseReturnValue:
    """What the gift is, and a field for the address it shall belong to."""
    try:
        gift = find_gift_membership(db.session(), token, now=house().clock.now())
    except NotAllowed as error:
        return _over(error)
    return _asking(gift, token), 200, _HEADERS


@page(_REDEEM, name="redeem", methods=("POST",))
def redeem_gift(token: str) -> ResponseReturnValue:
    """Give the year to that address, and send a link to sign in with."""
    form, parts, session = AddressForm(), house(), db.session()
    now = parts.clock.now()
    try:
        if not form.validate():
            gift, error = find_gift_membership(session, token, now=now), form.first_errors()
            return _asking(gift, token, form.email.data or "", error.get("email")), 422, _HEADERS
        given = redeem(
            session, parts.master, token, form.email.address, language=g.language, now=now
        )
    except NotAllowed as error:
        return _over(error)
    until, tier = given.ends_at, tier_name(given.tier, parts.newsroom, g.language)
    _send_link(form.email.address)
    page_text = render_template(
        "gifting/redeemed.html",
        tier=tier,
        until=None if until is None else _day(until),
        minutes=_MINUTES,
        sign_in_url=page_path("/account/sign-in"),
    )
    return page_text, 200, _HEADERS


@page(_SEAT, name="seat")
def show_seat(token: str) -> ResponseReturnValue:
    """What a seat gives; whose group it is stays between those who know each other."""
    try:
        seat = find_invitation(db.session(), token, now=house().clock.now())
    except NotAllowed as error:
        return _over(error, seat=True)
    page_text = render_template(
        "gifting/seat.html",
        action=page_path(f"/support/seat/{token}"),
        accept_by=_day(seat.expires_at),
        **_tier(seat),
    )
    return page_text, 200, _HEADERS


@page(_SEAT, name="seat", methods=("POST",))
def take_seat(token: str) -> ResponseReturnValue:
    """Take it for the address that was invited, and send a link to sign in with."""
    parts, session = house(), db.session()
    try:
        seat = find_invitation(session, token, now=parts.clock.now())
        shown = _tier(seat)
        email = accept(session, parts.master, token, now=parts.clock.now())
    except NotAllowed as error:
        return _over(error, seat=True)
    _send_link(email)
    page_text = render_template(
        "gifting/seated.html",
        tier=shown["tier"],
        minutes=_MINUTES,
        sign_in_url=page_path("/account/sign-in"),
    )
    return page_text, 200, _HEADERS


def _asking(gift: GiftMembership, token: str, email: str = "", error: str | None = None) -> str:
    until = gift.redeem_until
    return render_template(
        "gifting/redeem.html",
        action=page_path(f"/support/gift/redeem/{token}"),
        message=(message_of(house().master, gift) or "").splitlines(),
        redeem_by=None if until is None else _day(until),
        email=email,
        error=error,
        **_tier(gift),
    )


def _tier(row: GiftMembership | GroupSeat) -> dict[str, object]:
    newsroom = house().newsroom
    tier = row.group.tier if isinstance(row, GroupSeat) else row.tier
    return {
        "tier": tier_name(tier, newsroom, g.language),
        "benefits": tier_benefits(tier, newsroom, g.language),
    }


def _over(error: NotAllowed, *, seat: bool = False) -> ResponseReturnValue:
    """A link that was used or is over says so, and leads to the account."""
    db.session().rollback()
    page_text = render_template(
        "gifting/over.html",
        seat=seat,
        used=error.reason in {"redeemed", "taken"},
        sign_in_url=page_path("/account/sign-in"),
    )
    return page_text, _GONE, _HEADERS


def _send_link(email: str) -> None:
    """While too many ask at once, the page's own link to sign in has to do."""
    parts = house()
    with suppress(TryAgainLater):
        ask_for_link(
            db.session(),
            parts.master,
            email,
            language=g.language,
            next_path=page_path("/account"),
            now=parts.clock.now(),
        )


def _day(moment: datetime) -> str:
    return day_text(moment.astimezone(house().newsroom.zone).date(), g.language)
