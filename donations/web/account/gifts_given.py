"""The years a supporter gave to others: how each stands, and its link while it can be redeemed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import g, render_template

from donations.entitlements.dossier import bought_by
from donations.entitlements.gift_letters import redeem_link
from donations.entitlements.gift_offers import tier_name
from donations.entitlements.gift_states import REDEEMABLE
from donations.entitlements.gift_words import token_of
from donations.kernel.database import db
from donations.kernel.wording import day_text, money_text
from donations.web.account.blueprint import page
from donations.web.house import house
from donations.web.public.blueprint import page_path

if TYPE_CHECKING:
    from datetime import datetime

    from flask.typing import ResponseReturnValue

    from donations.entitlements.gift_models import GiftMembership


@dataclass(frozen=True, slots=True)
class GivenView:
    """A year given to somebody; `link` is whole, and None once it opens nothing."""

    tier: str
    amount: str
    state: str
    paid_on: str | None
    send_on: str | None
    sent_on: str | None
    redeem_by: str | None
    redeemed_on: str | None
    link: str | None


@page("/gifts-given")
def show_gifts_given() -> ResponseReturnValue:
    """Every year given, the newest first.  Who redeemed it is not told."""
    given = [_view(one) for one in bought_by(db.session(), g.supporter.id)]
    return render_template("gifting/given.html", given=given, give_url=page_path("/support/gift"))


def _view(gift: GiftMembership) -> GivenView:
    parts = house()
    token = token_of(parts.master, gift) if gift.state in REDEEMABLE else None
    sends = gift.send_on is not None and gift.recipient_sealed is not None
    return GivenView(
        tier=tier_name(gift.tier, parts.newsroom, g.language),
        amount=money_text(gift.checkout.amount, g.language),
        state=gift.state,
        paid_on=_day(gift.paid_at),
        send_on=day_text(gift.send_on, g.language) if gift.send_on and sends else None,
        sent_on=_day(gift.sent_at),
        redeem_by=_day(gift.redeem_until),
        redeemed_on=_day(gift.redeemed_at),
        link=token and redeem_link(parts.base_url, parts.newsroom, token, gift.language),
    )


def _day(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return day_text(moment.astimezone(house().newsroom.zone).date(), g.language)
