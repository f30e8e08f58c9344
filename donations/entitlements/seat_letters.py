"""Writes the letter that invites to a seat.  It names neither the newsroom nor the holder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from donations.entitlements.gift_offers import tier_benefits, tier_name
from donations.entitlements.group_models import GroupSeat
from donations.entitlements.group_states import SeatState
from donations.entitlements.inviting import LETTER_JOB, email_of, token_of
from donations.kernel.wording import day_text
from donations.mailer.links import reader_link
from donations.mailer.message import Message, Stream

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from donations.kernel.newsroom import Newsroom
    from donations.mailer.postbox import Postbox
    from donations.vault.keys import MasterKey


@dataclass(frozen=True, slots=True)
class InvitationSender:
    """The handler of the job `seat_invitation`."""

    master: MasterKey
    postbox: Postbox
    newsroom: Newsroom
    base_url: str

    def __call__(self, session: Session, arguments: Mapping[str, Any], _now: datetime) -> None:
        """Write it, unless the seat was taken or withdrawn meanwhile."""
        seat = session.get_one(GroupSeat, arguments["seat"])
        to, token = email_of(self.master, seat), token_of(self.master, seat)
        if seat.state != SeatState.INVITED or to is None or token is None:
            return
        language, newsroom, tier = seat.language, self.newsroom, seat.group.tier
        until = seat.expires_at.astimezone(newsroom.zone).date()
        context = {
            "tier": tier_name(tier, newsroom, language),
            "benefits": tier_benefits(tier, newsroom, language),
            "url": reader_link(self.base_url, newsroom, language, f"/support/seat/{token}"),
            "accept_by": day_text(until, language),
            "contact": newsroom.contact,
        }
        message = Message(LETTER_JOB, to, language, context, stream=Stream.WISHED)
        self.postbox.post(session, f"{LETTER_JOB}:{seat.public_id}", message)
