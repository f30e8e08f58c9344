"""After the payment page: what the database knows, never what a browser says.

The address carries a token nobody can guess.  Only a webhook makes a payment true, so until one has
come the page says that it does not know yet, and looks again by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from flask import g, render_template
from sqlalchemy import select

from donations.giving.checkouts import find_checkout
from donations.giving.models import Checkout, Gift, Membership
from donations.giving.states import CheckoutState
from donations.kernel.cadence import Frequency
from donations.kernel.database import db
from donations.kernel.errors import NotFound
from donations.kernel.ids import new_token
from donations.kernel.money import Money
from donations.kernel.wording import day_text, money_text
from donations.web.house import house
from donations.web.public.ask_words import give_label, order_label
from donations.web.public.blueprint import page, page_path
from donations.web.public.frame import page_url
from donations.web.public.fund_choice import chosen_fund, given_to
from donations.web.public.guard import cautions
from donations.web.public.reminder_source import AFTER, BEFORE, Source
from donations.web.public.reminder_view import ReminderView, reminder_view
from donations.web.public.today import today

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

PURPOSE: Final = "thanks"
_SHOWN_FOR: Final = timedelta(days=90)
_LOOK_AGAIN: Final = {CheckoutState.OPEN: 5, CheckoutState.PENDING: 60}
_LOOK_AGAIN_FOR: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class GiftView:
    """What was given, as far as it is known."""

    label: str
    amount_label: str
    frequency: str
    fund: str | None
    receipt_number: int | None
    next_charge: str | None


@dataclass(frozen=True, slots=True)
class Upsell:
    """The offer to give monthly after a one-time gift."""

    label: str
    action: str
    fund: str | None
    hidden: Mapping[str, str]


def thanks_url(public_id: str, language: str) -> str:
    """The whole address of a checkout's thank-you page; the same every time it is asked."""
    token = house().signer.sign_lasting(PURPOSE, public_id)
    return house().base_url + page_path(f"/support/thanks/{token}", language)


@page("/support/thanks/<token>", name="thanks")
def show_thanks(token: str) -> ResponseReturnValue:
    """How the payment stands.  404 for a token that is wrong, altered or over."""
    parts, session = house(), db.session()
    checkout = find_checkout(session, parts.signer.read_lasting(PURPOSE, token))
    now = parts.clock.now()
    if checkout is None or now - checkout.created_at > _SHOWN_FOR:
        raise NotFound
    state = CheckoutState(checkout.state)
    gift = session.scalar(
        select(Gift).where(Gift.checkout_id == checkout.id).order_by(Gift.received_at).limit(1)
    )
    watched = now - checkout.created_at < _LOOK_AGAIN_FOR or state is CheckoutState.PENDING
    upsell = _upsell(checkout) if state is CheckoutState.PAID else None
    page_text = render_template(
        "public/thanks.html",
        state=state.value,
        gift=_gift_view(checkout, gift),
        refresh_seconds=_LOOK_AGAIN.get(state) if watched else None,
        upsell=upsell,
        fund_code=checkout.fund,
        warning=cautions(parts.newsroom, g.language) if upsell else None,
        reminder=_reminder(checkout, state),
    )
    return page_text, 200, {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


def _reminder(checkout: Checkout, state: CheckoutState) -> ReminderView | None:
    """After a gift, for who gave once; nothing while the money is on its way."""
    if state is CheckoutState.PENDING:
        return None
    paid = state is CheckoutState.PAID
    if paid and checkout.frequency != Frequency.ONCE:
        return None  # their promise is to come back by themselves
    return reminder_view(
        language=g.language,
        today=today(),
        source=Source("thanks", AFTER if paid else BEFORE),
        currency=checkout.currency,
    )


def _gift_view(checkout: Checkout, gift: Gift | None) -> GiftView:
    amount = money_text(checkout.amount, g.language)
    membership = None
    if gift is not None and gift.membership_id is not None:
        membership = db.session().get_one(Membership, gift.membership_id)
    renews_at = membership.renews_at if membership is not None else None
    zone = house().newsroom.zone
    return GiftView(
        label=order_label(Frequency(checkout.frequency), amount),
        amount_label=amount,
        frequency=checkout.frequency,
        fund=given_to(db.session(), checkout.fund),
        receipt_number=gift.receipt.number if gift is not None and gift.receipt else None,
        next_charge=day_text(renews_at.astimezone(zone).date(), g.language) if renews_at else None,
    )


def _upsell(checkout: Checkout) -> Upsell | None:
    """A small monthly amount near a twelfth of the gift, from the list; only after giving once."""
    if checkout.frequency != Frequency.ONCE:
        return None
    ask = house().price_list.ask(checkout.currency, Frequency.MONTHLY)
    twelfth = checkout.amount_minor / 12
    suggested = min(ask.choices, key=lambda choice: abs(choice - twelfth))
    amount = money_text(Money(suggested, checkout.currency), g.language)
    fund = chosen_fund(db.session(), checkout.fund)
    return Upsell(
        label=give_label(Frequency.MONTHLY, amount),
        action=page_url("checkout"),
        fund=fund.name if fund else None,
        hidden={
            "frequency": Frequency.MONTHLY.value,
            "amount_monthly": str(suggested),
            "currency": checkout.currency,
            "attempt": new_token(),
            "placement": "thanks",
            **({"fund": fund.code} if fund else {}),
        },
    )
