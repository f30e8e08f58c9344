"""The work of gift memberships and groups: every kind of job with what does it, and what recurs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.entitlements import gift_round, gifting, inviting, seat_standing
from donations.entitlements.gift_letters import GiftLetters
from donations.entitlements.seat_letters import InvitationSender
from donations.jobs.schedule import Schedule

if TYPE_CHECKING:
    from donations.jobs.worker import Handler
    from donations.kernel.newsroom import Newsroom
    from donations.mailer.postbox import Postbox
    from donations.vault.keys import MasterKey

SCHEDULES: Final = (
    Schedule(gifting.ROUND_JOB, gift_round.EVERY),
    Schedule(seat_standing.ROUND_JOB, seat_standing.EVERY),
)


def handlers(
    master: MasterKey, postbox: Postbox, newsroom: Newsroom, base_url: str
) -> dict[str, Handler]:
    """Every kind of job with what does it."""
    return {
        **GiftLetters(master, postbox, newsroom, base_url).handlers,
        gifting.ROUND_JOB: gift_round.GiftRound(newsroom.zone),
        inviting.LETTER_JOB: InvitationSender(master, postbox, newsroom, base_url),
        seat_standing.ROUND_JOB: seat_standing.follow_all,
    }
