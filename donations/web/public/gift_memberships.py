"""Giving somebody a year: choosing it, and the review before the ordinary payment page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import structlog
from flask import g, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError

from donations.entitlements.gift_offers import gift_offers
from donations.entitlements.gift_words import LONGEST_MESSAGE
from donations.entitlements.gifting import order_gift
from donations.giving.checkouts import Visit
from donations.giving.orders import Order
from donations.jobs.worker import reason_of
from donations.kernel.cadence import Frequency
from donations.kernel.database import db
from donations.kernel.ids import new_token
from donations.kernel.wording import day_text, money_text
from donations.stripe_gateway.errors import StripeRefused, StripeUnavailable
from donations.web.house import house
from donations.web.public.blueprint import page, page_path
from donations.web.public.gift_form import Chosen, Typed, choose, for_review, last_day, read_typed
from donations.web.public.give import till
from donations.web.public.guard import cautions
from donations.web.public.thanks import thanks_url
from donations.web.public.today import today

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from donations.entitlements.gift_offers import GiftOffer

PATH: Final = "/support/gift"
PLACEMENT: Final = "gift"
_NO_STORE: Final = {"Cache-Control": "no-store"}
_FIELDS: Final = {"tier": "tier", "email": "email", "message": "message", "send_on": "send-on"}
_log: Final = structlog.get_logger("donations.web")


@page(PATH, name="gift")
def show_gift() -> ResponseReturnValue:
    """What can be given, in the currency a link chose."""
    offers = _offers()
    codes = {one.code for one in offers}
    wanted = request.args.get("tier", "")
    first = wanted if wanted in codes else (offers[0].code if offers else "")
    return _choosing(offers, Typed(tier=first, language=g.language))


@page(PATH, name="gift", methods=("POST",))
def continue_with_gift() -> ResponseReturnValue:
    """The review; and from there, with the attempt it named and the price it showed, to pay."""
    offers = _offers()
    typed = read_typed(request.form, house().newsroom.languages, g.language)
    chosen = choose(typed, offers, today(), g.language)
    if not isinstance(chosen, Chosen):
        return _choosing(offers, typed, chosen), 422, _NO_STORE
    if typed.attempt and typed.shown == str(chosen.offer.amount.minor):
        return _to_payment(typed, chosen)
    return _review(typed, chosen, new_token()), 200, _NO_STORE


def _to_payment(typed: Typed, chosen: Chosen) -> ResponseReturnValue:
    """Open the checkout, bind the wish to it, and only then let anybody pay."""
    parts, session = house(), db.session()
    back = {"tier": chosen.offer.code, "currency": chosen.offer.amount.currency}
    visit = Visit(
        attempt=typed.attempt,
        language=g.language,
        placement=PLACEMENT,
        cancel_url=parts.base_url + page_path(PATH, **back),
    )
    try:
        order = Order(chosen.offer.amount, Frequency.ONCE)
        opened = till().open(session, order, visit, now=parts.clock.now())
        order_gift(session, parts.master, opened.public_id, chosen.wish, now=parts.clock.now())
    except (StripeUnavailable, StripeRefused, OperationalError) as error:
        told = reason_of(error) if isinstance(error, OperationalError) else str(error)
        _log.warning("payment page not opened", reason=told)
        return _review(typed, chosen, typed.attempt, unavailable=True), 503, _NO_STORE
    return redirect(opened.url or thanks_url(opened.public_id, g.language), 303)


def _currency() -> str:
    known = house().price_list.currencies
    asked = request.values.get("currency", "")
    return asked if asked in known else known[0]


def _offers() -> list[GiftOffer]:
    return gift_offers(db.session(), house().newsroom, _currency(), g.language)


def _choosing(
    offers: list[GiftOffer], typed: Typed, errors: Mapping[str, str] | None = None
) -> str:
    day = today()
    wrong = errors or {}
    return render_template(
        "gifting/buy.html",
        action=page_path(PATH),
        offers=[_shown(one) for one in offers],
        currency=_currency(),
        currencies=_currencies(),
        typed=typed,
        errors=wrong,
        summary=[{"field": _anchor(name, offers), "message": wrong[name]} for name in wrong],
        first_day=day.isoformat(),
        last_day=last_day(day).isoformat(),
        longest=LONGEST_MESSAGE,
        warning=cautions(house().newsroom, g.language),
    )


def _review(typed: Typed, chosen: Chosen, attempt: str, *, unavailable: bool = False) -> str:
    wish, carried = chosen.wish, for_review(typed, chosen, attempt)
    later = wish.send_on is not None and wish.send_on > today()
    return render_template(
        "gifting/review.html",
        action=page_path(PATH),
        back=page_path(PATH, tier=chosen.offer.code, currency=chosen.offer.amount.currency),
        offer=_shown(chosen.offer),
        recipient=wish.recipient,
        message=wish.message.splitlines(),
        send_on=day_text(wish.send_on, g.language) if wish.send_on and later else None,
        currency=chosen.offer.amount.currency,
        carried=carried,
        unavailable=unavailable,
        warning=cautions(house().newsroom, g.language),
    )


def _shown(offer: GiftOffer) -> dict[str, Any]:
    amount = money_text(offer.amount, g.language)
    return {
        "code": offer.code,
        "name": offer.name,
        "line": offer.line,
        "benefits": offer.benefits,
        "amount": amount,
        "pay_label": _("Pay %(amount)s once", amount=amount),
    }


def _currencies() -> list[dict[str, Any]]:
    current = _currency()
    return [
        {
            "code": code.upper(),
            "url": page_path(PATH, currency=code),
            "current": code == current,
        }
        for code in house().price_list.currencies
    ]


def _anchor(name: str, offers: list[GiftOffer]) -> str:
    """The id of a field's element; the choice of tiers is found at its first."""
    if name == "tier" and offers:
        return f"tier-{offers[0].code}"
    return _FIELDS[name]
