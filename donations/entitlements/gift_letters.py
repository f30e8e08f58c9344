"""Writes the letters of gift memberships: to the recipient, to the buyer, and before the end.

None of them names the newsroom.  The recipient did not ask for theirs, so it goes only where wishes
may go; the buyer has the link in any case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from donations.entitlements.gift_models import GiftMembership
from donations.entitlements.gift_offers import price_minor, tier_benefits, tier_name
from donations.entitlements.gift_round import ENDING_JOB, SEND_JOB, end_of
from donations.entitlements.gift_states import REDEEMABLE, GiftState
from donations.entitlements.gift_words import message_of, recipient_of, token_of
from donations.entitlements.gifting import BOUGHT_JOB, move_gift
from donations.giving.models import Gift
from donations.kernel.cadence import Frequency
from donations.kernel.wording import day_text
from donations.mailer.links import reader_link
from donations.mailer.marks import sent_before
from donations.mailer.message import Message, Stream
from donations.supporters.directory import mailbox_of
from donations.supporters.models import Supporter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.jobs.worker import Handler
    from donations.kernel.newsroom import Newsroom
    from donations.mailer.postbox import Postbox
    from donations.vault.keys import MasterKey


def redeem_link(base_url: str, newsroom: Newsroom, token: str, language: str) -> str:
    """The whole address by which a gift is redeemed."""
    return reader_link(base_url, newsroom, language, f"/support/gift/redeem/{token}")


class GiftLetters:
    """Its methods are the handlers of the letters' jobs."""

    def __init__(
        self, master: MasterKey, postbox: Postbox, newsroom: Newsroom, base_url: str
    ) -> None:
        self._master = master
        self._postbox = postbox
        self._newsroom = newsroom
        self._base_url = base_url

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """The jobs, by kind."""
        return {SEND_JOB: self.gift, BOUGHT_JOB: self.bought, ENDING_JOB: self.ending}

    def gift(self, session: Session, arguments: Mapping[str, Any], now: datetime) -> None:
        """To the recipient, unless the gift was redeemed or went back meanwhile."""
        number = arguments["gift"]
        gift = session.get_one(GiftMembership, number)
        to, token = recipient_of(self._master, gift), token_of(self._master, gift)
        if gift.state not in REDEEMABLE or to is None or token is None:
            return
        key = f"{SEND_JOB}:{gift.public_id}{arguments.get('again', '')}"
        context = self._shared(gift, gift.language, token)
        context["message"] = tuple((message_of(self._master, gift) or "").splitlines())
        message = Message(SEND_JOB, to, gift.language, context, stream=Stream.WISHED)
        went = self._postbox.post(session, key, message) or bool(sent_before(session, [key]))
        gift = session.get_one(GiftMembership, number, with_for_update=True)
        if went and gift.state == GiftState.PAID:
            move_gift(gift, GiftState.SENT)
            gift.sent_at = now

    def bought(self, session: Session, arguments: Mapping[str, Any], _now: datetime) -> None:
        """To the buyer: the link to hand over, and the day we write ourselves."""
        gift = session.get_one(GiftMembership, arguments["gift"])
        token = token_of(self._master, gift)
        buyer = session.scalar(
            select(Supporter)
            .join(Gift, Gift.supporter_id == Supporter.id)
            .where(Gift.checkout_id == gift.checkout_id)
            .limit(1)
        )
        to = mailbox_of(session, self._master, buyer)
        if to is None or token is None or gift.state not in REDEEMABLE:
            return
        language = gift.checkout.language
        context = self._shared(gift, language, token)
        sends = gift.send_on is not None and gift.recipient_sealed is not None
        context["send_on"] = day_text(gift.send_on, language) if gift.send_on and sends else None
        key = f"{BOUGHT_JOB}:{gift.public_id}{arguments.get('again', '')}"
        self._postbox.post(session, key, Message(BOUGHT_JOB, to, language, context))

    def ending(self, session: Session, arguments: Mapping[str, Any], _now: datetime) -> None:
        """To whoever redeemed it, a month before the end."""
        gift = session.get_one(GiftMembership, arguments["gift"])
        ends_at = end_of(gift)
        if gift.state != GiftState.REDEEMED or ends_at is None or gift.redeemed_by_id is None:
            return
        supporter = session.get_one(Supporter, gift.redeemed_by_id)
        to = mailbox_of(session, self._master, supporter)
        if to is None:
            return
        language = supporter.language
        context = {
            "tier": tier_name(gift.tier, self._newsroom, language),
            "ends_on": self._day(ends_at, language),
            "url": self._appeal(session, gift, language),
            "contact": self._newsroom.contact,
        }
        message = Message(ENDING_JOB, to, language, context, stream=Stream.WISHED)
        self._postbox.post(session, f"{ENDING_JOB}:{gift.public_id}", message)

    def _shared(self, gift: GiftMembership, language: str, token: str) -> dict[str, Any]:
        until = gift.redeem_until
        return {
            "tier": tier_name(gift.tier, self._newsroom, language),
            "benefits": tier_benefits(gift.tier, self._newsroom, language),
            "url": redeem_link(self._base_url, self._newsroom, token, language),
            "redeem_by": None if until is None else self._day(until, language),
            "contact": self._newsroom.contact,
        }

    def _appeal(self, session: Session, gift: GiftMembership, language: str) -> str:
        """The appeal with a year of the same tier chosen, at what it costs now."""
        currency, annual = gift.checkout.currency, Frequency.ANNUAL.value
        chosen = {"frequency": annual, "currency": currency}
        minor = price_minor(session, gift.tier_id, annual, currency)
        if minor is not None:
            chosen["amount"] = str(minor)
        return reader_link(self._base_url, self._newsroom, language, "/support", **chosen)

    def _day(self, moment: datetime, language: str) -> str:
        return day_text(moment.astimezone(self._newsroom.zone).date(), language)
