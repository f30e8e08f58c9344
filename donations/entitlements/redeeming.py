"""Redeeming a gift membership by its link: once, within its time, for a mailbox of one's choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from donations.entitlements import granting
from donations.entitlements.gift_models import GiftMembership
from donations.entitlements.gift_states import REDEEMABLE, GiftState
from donations.entitlements.gifting import a_year_after, move_gift
from donations.entitlements.states import Origin
from donations.kernel.database import begin_write
from donations.kernel.errors import NotAllowed, NotFound
from donations.kernel.ids import token_digest
from donations.supporters.directory import recognise

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.entitlements.models import Entitlement
    from donations.vault.keys import MasterKey


def find_gift_membership(session: Session, token: str, *, now: datetime) -> GiftMembership:
    """The gift a link opens; looking changes nothing.

    Raises `NotFound` for a link that was altered or never paid for, and `NotAllowed` with
    `redeemed`, or with `over` when its time has passed or its money went back.
    """
    return _open(session, token, now)


def redeem(
    session: Session, master: MasterKey, token: str, email: str, *, language: str, now: datetime
) -> Entitlement:
    """Give the gift's year, from now on, to whoever has this mailbox.  Commits.

    A member keeps their membership beside it, and the higher tier counts.  Raises as
    `find_gift_membership` does.
    """
    try:
        return _redeem(session, master, token, email, language, now)
    except IntegrityError:  # somebody else has just made a supporter of the same mailbox
        session.rollback()
        return _redeem(session, master, token, email, language, now)


def _redeem(
    session: Session, master: MasterKey, token: str, email: str, language: str, now: datetime
) -> Entitlement:
    begin_write(session)
    gift = _open(session, token, now, lock=True)
    supporter = recognise(
        session, master, email=email, name=None, customer=None, language=language, now=now
    )
    if supporter is None:
        raise NotFound
    move_gift(gift, GiftState.REDEEMED)
    gift.redeemed_at, gift.redeemed_by_id = now, supporter.id
    given = granting.grant(
        session,
        tier_id=gift.tier_id,
        supporter_id=supporter.id,
        origin=Origin.GIFT,
        origin_id=gift.id,
        now=now,
        ends_at=a_year_after(now),
    )
    session.commit()
    return given


def _open(session: Session, token: str, now: datetime, *, lock: bool = False) -> GiftMembership:
    found = select(GiftMembership).where(GiftMembership.token_digest == token_digest(token))
    gift = session.scalar(found.with_for_update() if lock else found)
    if gift is None or gift.state == GiftState.ORDERED:
        raise NotFound
    if gift.state in {GiftState.REDEEMED, GiftState.ENDED, GiftState.CONVERTED}:
        raise NotAllowed("redeemed")
    if gift.state not in REDEEMABLE or gift.redeem_until is None or gift.redeem_until <= now:
        raise NotAllowed("over")
    return gift
