"""Buying a gift membership: bound to an ordinary checkout, paid by an ordinary gift.

Nothing here takes money.  A checkout's gift is noticed where gifts are recorded, and once more by
the hourly round; money that goes back takes the year with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from donations.entitlements import granting
from donations.entitlements.gift_models import GiftMembership
from donations.entitlements.gift_states import GiftState, may_become
from donations.entitlements.gift_words import forget_words, seal_new_token, seal_words
from donations.entitlements.states import Origin, State
from donations.giving.models import Checkout, Dispute, Gift, Refund
from donations.jobs.outbox import enqueue
from donations.kernel.cadence import later
from donations.kernel.database import begin_write
from donations.kernel.errors import NotAllowed
from donations.kernel.ids import public_id

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

ROUND_JOB: Final = "gift_memberships"
BOUGHT_JOB: Final = "gift_bought"
_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class GiftWish:
    """What the buyer chose; `recipient` empty and `send_on` None when they hand the link over."""

    tier_id: int
    language: str
    recipient: str = ""
    message: str = ""
    send_on: date | None = None


def order_gift(
    session: Session, master: MasterKey, checkout: str, wish: GiftWish, *, now: datetime
) -> GiftMembership:
    """Bind the wish to the checkout of that public id.  Commits.

    Before anybody has its payment page: so no money can come that we know no wish for.  The same
    checkout again takes the later wish, until it is paid.
    """
    begin_write(session)
    row = session.scalars(select(Checkout).where(Checkout.public_id == checkout)).one()
    gift = _of_checkout(session, row.id)
    if gift is None:
        gift = GiftMembership(
            public_id=public_id(),
            checkout_id=row.id,
            state=GiftState.ORDERED.value,
            ordered_at=now,
        )
        seal_new_token(master, gift)
    if gift.state == GiftState.ORDERED:
        gift.tier_id, gift.language, gift.send_on = wish.tier_id, wish.language, wish.send_on
        seal_words(master, gift, wish.recipient, wish.message)
    session.add(gift)
    session.commit()
    return gift


def note_paid(session: Session, paid: Gift, *, now: datetime) -> None:
    """Let the gift membership this payment is for be paid, if it is for one; the caller commits.

    However often it is told.  Promises the buyer's letter, and a round that sends what is due.
    """
    gift = None if paid.checkout_id is None else _of_checkout(session, paid.checkout_id)
    if gift is None or gift.state != GiftState.ORDERED:
        return
    move_gift(gift, GiftState.PAID)
    gift.paid_at = paid.received_at
    gift.redeem_until = a_year_after(max(paid.received_at, _beginning(gift.send_on)))
    enqueue(session, BOUGHT_JOB, f"{BOUGHT_JOB}:{gift.public_id}", {"gift": gift.id}, now=now)
    enqueue(session, ROUND_JOB, f"{ROUND_JOB}:paid:{gift.public_id}", now=now)


def note_return(session: Session, returned: Gift, *, now: datetime) -> None:
    """End the gift membership whose money went back as a whole; the caller commits.

    Its link opens nothing any more, and what it gave is revoked.
    """
    gift = None if returned.checkout_id is None else _of_checkout(session, returned.checkout_id)
    if gift is None or not may_become(GiftState(gift.state), GiftState.REFUNDED):
        return
    if _kept_minor(session, gift.checkout_id) > 0:
        return
    move_gift(gift, GiftState.REFUNDED)
    gift.ended_at = now
    forget_words(gift)
    given = granting.current(session, Origin.GIFT, gift.id)
    if given is not None:
        granting.move(given, State.REVOKED, because="refunded")


def move_gift(gift: GiftMembership, to: GiftState) -> None:
    """Move it by the table.  Raises `NotAllowed`."""
    if not may_become(GiftState(gift.state), to):
        raise NotAllowed("not_a_move")
    gift.state = to.value


def a_year_after(moment: datetime) -> datetime:
    """The same time of day a year later; of 29 February, on the 28th."""
    return later(moment, _YEAR)


def _beginning(day: date | None) -> datetime:
    """A day's first moment in UTC; long ago for no day."""
    return datetime.min.replace(tzinfo=UTC) if day is None else datetime.combine(day, time(), UTC)


def _of_checkout(session: Session, checkout_id: int) -> GiftMembership | None:
    mine = select(GiftMembership).where(GiftMembership.checkout_id == checkout_id)
    return session.scalar(mine.with_for_update())


def _kept_minor(session: Session, checkout_id: int) -> int:
    """What of a checkout's payments neither went back nor was lost to a bank, in minor units."""
    session.flush()
    mine = select(Gift.id).where(Gift.checkout_id == checkout_id)
    came = select(func.sum(Gift.amount_minor)).where(Gift.checkout_id == checkout_id)
    refunded = select(func.sum(Refund.amount_minor)).where(
        Refund.gift_id.in_(mine), Refund.state == "succeeded"
    )
    lost = select(func.sum(Dispute.amount_minor)).where(
        Dispute.gift_id.in_(mine), Dispute.state == "lost"
    )
    gone = (session.scalar(refunded) or 0) + (session.scalar(lost) or 0)
    return int((session.scalar(came) or 0) - gone)
