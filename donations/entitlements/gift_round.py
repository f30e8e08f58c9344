"""The hourly round of gift memberships: what was missed, what is due, what is over.

Each step finds its rows again until it has moved them, so an hour missed is caught up.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import exists, or_, select

from donations.entitlements.gift_models import GiftMembership
from donations.entitlements.gift_states import GiftState
from donations.entitlements.gift_words import forget_words
from donations.entitlements.gifting import a_year_after, move_gift, note_paid, note_return
from donations.giving.membership_history import LIVING
from donations.giving.models import Checkout, Dispute, Gift, Membership, Refund
from donations.giving.states import CheckoutState, MembershipState
from donations.jobs.outbox import enqueue
from donations.kernel.database import begin_write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

EVERY: Final = timedelta(hours=1)
SEND_JOB: Final = "gift_membership"
ENDING_JOB: Final = "gift_ending"
SENT_FROM: Final = time(8)
"""When in the morning of its day a gift is sent, where the newsroom is."""
ANNOUNCED: Final = timedelta(days=30)
CONVERTS: Final = timedelta(days=60)
"""How far from the gift's end, before or after, a membership may begin to follow from it."""
WORDS_KEPT: Final = timedelta(days=30)
UNPAID_KEPT: Final = timedelta(days=14)
_SHORTEST_YEAR: Final = timedelta(days=365)
_LOOKED_BACK: Final = timedelta(days=90)


class GiftRound:
    """The handler of the job `gift_memberships`."""

    def __init__(self, zone: ZoneInfo) -> None:
        """`zone` is where the days to send on are counted."""
        self._zone = zone

    def __call__(self, session: Session, _arguments: Mapping[str, Any], now: datetime) -> None:
        """Do everything that is due."""
        begin_write(session)
        catch_up(session, now)
        send_due(session, self._zone, now)
        expire(session, now)
        convert(session, now)
        end(session, now)
        announce_ends(session, now)
        forget(session, now)


def catch_up(session: Session, now: datetime) -> None:
    """Payments and returns no event told us of in their own transaction."""
    waiting = select(GiftMembership.checkout_id).where(GiftMembership.state == GiftState.ORDERED)
    for paid in session.scalars(select(Gift).where(Gift.checkout_id.in_(waiting))).all():
        note_paid(session, paid, now=now)
    settled = {GiftState.ORDERED.value, GiftState.REFUNDED.value}
    paid_for = select(GiftMembership.checkout_id).where(GiftMembership.state.not_in(settled))
    went_back = or_(
        exists().where(Refund.gift_id == Gift.id), exists().where(Dispute.gift_id == Gift.id)
    )
    back = select(Gift).where(Gift.checkout_id.in_(paid_for), went_back)
    for returned in session.scalars(back).all():
        note_return(session, returned, now=now)


def send_due(session: Session, zone: ZoneInfo, now: datetime) -> None:
    """Promise the letters whose day has come; who hands the link over has none."""
    for gift in _locked(session, [GiftState.PAID], GiftMembership.recipient_sealed.is_not(None)):
        if gift.paid_at is not None and _sent_at(gift, zone) <= now:
            key = f"{SEND_JOB}:{gift.public_id}"
            enqueue(session, SEND_JOB, key, {"gift": gift.id}, now=now)


def expire(session: Session, now: datetime) -> None:
    """Gifts nobody redeemed in time."""
    late = GiftMembership.redeem_until <= now
    for gift in _locked(session, [GiftState.PAID, GiftState.SENT], late):
        move_gift(gift, GiftState.EXPIRED)
        gift.ended_at = now
        forget_words(gift)


def end(session: Session, now: datetime) -> None:
    """Gifts whose year is over; what they gave ends by itself (`keeping_up`)."""
    old = GiftMembership.redeemed_at <= now - _SHORTEST_YEAR
    for gift in _locked(session, [GiftState.REDEEMED], old):
        if (ends_at := end_of(gift)) is not None and ends_at <= now:
            move_gift(gift, GiftState.ENDED)
            gift.ended_at = ends_at


def convert(session: Session, now: datetime) -> None:
    """Gifts whose recipient began a membership of their own around the end."""
    around = GiftMembership.redeemed_at.between(
        now - _SHORTEST_YEAR - _LOOKED_BACK, now - _SHORTEST_YEAR + CONVERTS
    )
    for gift in _locked(session, [GiftState.REDEEMED, GiftState.ENDED], around):
        ends_at = end_of(gift)
        if ends_at is None or gift.redeemed_by_id is None:
            continue
        begun = session.scalar(
            select(Membership)
            .where(
                Membership.supporter_id == gift.redeemed_by_id,
                Membership.state != MembershipState.INCOMPLETE.value,
                Membership.started_at.between(ends_at - CONVERTS, ends_at + CONVERTS),
            )
            .order_by(Membership.started_at)
            .limit(1)
        )
        if begun is not None:
            move_gift(gift, GiftState.CONVERTED)
            gift.converted_at, gift.membership_id = begun.started_at, begun.id


def announce_ends(session: Session, now: datetime) -> None:
    """Promise the letter a month before the end; whoever is a member has no need of it."""
    paying = select(Membership.supporter_id).where(
        Membership.state.in_(LIVING), Membership.supporter_id.is_not(None)
    )
    soon = (
        GiftMembership.redeemed_at <= now - _SHORTEST_YEAR + ANNOUNCED,
        GiftMembership.redeemed_by_id.not_in(paying),
    )
    for gift in _locked(session, [GiftState.REDEEMED], *soon):
        ends_at = end_of(gift)
        if ends_at is not None and ends_at - ANNOUNCED <= now < ends_at:
            key = f"{ENDING_JOB}:{gift.public_id}"
            enqueue(session, ENDING_JOB, key, {"gift": gift.id}, now=now)


def forget(session: Session, now: datetime) -> None:
    """Destroy what was told of recipients, once it has served or if nobody paid."""
    told = or_(
        GiftMembership.recipient_sealed.is_not(None), GiftMembership.message_sealed.is_not(None)
    )
    kept = or_(told, GiftMembership.token_sealed.is_not(None))
    redeemed = [GiftState.REDEEMED, GiftState.ENDED, GiftState.CONVERTED]
    served = GiftMembership.redeemed_at <= now - WORDS_KEPT
    awaited = select(Checkout.id).where(
        Checkout.state.in_([CheckoutState.PENDING.value, CheckoutState.PAID.value])
    )
    unpaid = (
        GiftMembership.ordered_at <= now - UNPAID_KEPT,
        GiftMembership.checkout_id.not_in(awaited),
    )
    for gift in _locked(session, redeemed, served, kept):
        forget_words(gift)
    for gift in _locked(session, [GiftState.ORDERED], *unpaid, told):
        _forget_but_link(gift)


def _forget_but_link(gift: GiftMembership) -> None:
    """Money may still come for an old order: then its buyer needs the link, and only that."""
    token = gift.token_sealed
    forget_words(gift)
    gift.token_sealed, gift.send_on = token, None


def end_of(gift: GiftMembership) -> datetime | None:
    """When the year of a redeemed gift is over."""
    return None if gift.redeemed_at is None else a_year_after(gift.redeemed_at)


def _sent_at(gift: GiftMembership, zone: ZoneInfo) -> datetime:
    """In the morning of its day; one bought for today, or for a day gone by, at once."""
    paid_at = gift.paid_at
    day = gift.send_on
    if paid_at is None or day is None or day <= paid_at.astimezone(zone).date():
        return gift.ordered_at
    return datetime.combine(day, SENT_FROM, zone)


def _locked(
    session: Session, states: Sequence[GiftState], *which: ColumnElement[bool]
) -> Sequence[GiftMembership]:
    """The rows in these states, held until the round commits."""
    rows = (
        select(GiftMembership)
        .where(GiftMembership.state.in_([state.value for state in states]), *which)
        .order_by(GiftMembership.id)
    )
    return session.scalars(rows.with_for_update()).all()
