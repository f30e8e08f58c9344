"""What gift memberships and seats hold of one person: told to them, and forgotten with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from donations.entitlements.gift_models import GiftMembership
from donations.entitlements.gift_states import GiftState
from donations.entitlements.gift_words import message_of, recipient_of
from donations.entitlements.gifting import move_gift
from donations.entitlements.granting import current, move
from donations.entitlements.group_models import GroupSeat, MembershipGroup
from donations.entitlements.group_states import LIVING, SeatState
from donations.entitlements.seat_standing import end_seat, held_group, living_seats
from donations.entitlements.states import Origin, State
from donations.giving.models import Gift, Membership

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

_FORGOTTEN = "forgotten"


def bought_by(session: Session, supporter_id: int) -> Sequence[GiftMembership]:
    """The gift memberships somebody paid for, the newest first."""
    paid = select(Gift.checkout_id).where(
        Gift.supporter_id == supporter_id, Gift.checkout_id.is_not(None)
    )
    mine = select(GiftMembership).where(GiftMembership.checkout_id.in_(paid))
    return session.scalars(mine.order_by(GiftMembership.id.desc())).all()


def told_of_gifts(
    session: Session, master: MasterKey, supporter_id: int, mailboxes: Collection[bytes]
) -> dict[str, Any]:
    """For the export: what they bought, what they were given, the seats they have or hold."""
    mine = or_(
        GiftMembership.redeemed_by_id == supporter_id, GiftMembership.email_index.in_(mailboxes)
    )
    given = select(GiftMembership).where(mine).order_by(GiftMembership.id)
    seated = or_(GroupSeat.supporter_id == supporter_id, GroupSeat.email_index.in_(mailboxes))
    seats = select(GroupSeat).where(seated).order_by(GroupSeat.id)
    return {
        "gift_memberships_bought": [
            {
                **_gift(one),
                "recipient": recipient_of(master, one),
                "message": message_of(master, one),
            }
            for one in bought_by(session, supporter_id)
        ],
        "gift_memberships_received": [_gift(one) for one in session.scalars(given)],
        "seats": [_seat(one) for one in session.scalars(seats)],
        "groups": [
            {"seats": one.seats, "made_at": one.made_at.isoformat()}
            for one in _groups(session, supporter_id)
        ],
    }


def forget_gifts(
    session: Session, supporter_id: int, mailboxes: Collection[bytes], *, now: datetime
) -> None:
    """Destroy what leads to a person, and end what they have; the caller commits.

    What they gave to others stays theirs who got it; their words to them are destroyed.
    """
    for bought in bought_by(session, supporter_id):
        bought.message_sealed = None
    mine = select(GiftMembership).where(
        or_(
            GiftMembership.redeemed_by_id == supporter_id, GiftMembership.email_index.in_(mailboxes)
        )
    )
    for gift in session.scalars(mine.with_for_update()).all():
        gift.recipient_sealed = gift.email_index = gift.message_sealed = None
        if gift.redeemed_by_id == supporter_id:
            _end_gift(session, gift, now)
    for group in _groups(session, supporter_id):
        for seat in living_seats(session, held_group(session, group.id)):
            _end_seat(session, seat, now)
        group.ended_at = group.ended_at or now
    seated = or_(GroupSeat.supporter_id == supporter_id, GroupSeat.email_index.in_(mailboxes))
    for seat in session.scalars(select(GroupSeat).where(seated)).all():
        if seat.state in LIVING:
            held_group(session, seat.group_id)
            _end_seat(session, seat, now)
        seat.email_sealed = seat.email_index = seat.token_sealed = None


def _end_gift(session: Session, gift: GiftMembership, now: datetime) -> None:
    gift.token_sealed = None
    if gift.state == GiftState.REDEEMED:
        move_gift(gift, GiftState.ENDED)
        gift.ended_at = now
    given = current(session, Origin.GIFT, gift.id)
    if given is not None:
        move(given, State.ENDED, because=_FORGOTTEN)


def _end_seat(session: Session, seat: GroupSeat, now: datetime) -> None:
    taken = seat.state == SeatState.TAKEN
    end_seat(session, seat, SeatState.ENDED if taken else SeatState.WITHDRAWN, now=now)
    seat.email_index = None


def _groups(session: Session, supporter_id: int) -> Sequence[MembershipGroup]:
    held = select(Membership.id).where(Membership.supporter_id == supporter_id)
    return session.scalars(
        select(MembershipGroup).where(MembershipGroup.membership_id.in_(held))
    ).all()


def _gift(gift: GiftMembership) -> dict[str, Any]:
    moments = ("ordered_at", "paid_at", "sent_at", "redeemed_at", "ended_at", "converted_at")
    told: dict[str, Any] = {"state": gift.state, "language": gift.language, "tier": gift.tier.code}
    told["send_on"] = None if gift.send_on is None else gift.send_on.isoformat()
    return told | {name: _said(getattr(gift, name)) for name in moments}


def _seat(seat: GroupSeat) -> dict[str, Any]:
    moments = ("invited_at", "taken_at", "ended_at")
    return {"state": seat.state} | {name: _said(getattr(seat, name)) for name in moments}


def _said(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
