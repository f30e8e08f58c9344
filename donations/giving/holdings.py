"""What one supporter gave and promised, for their own eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, select
from sqlalchemy.orm import selectinload

from donations.giving.models import Gift, Membership, Receipt
from donations.giving.states import MembershipState
from donations.kernel.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


def memberships_of(session: Session, supporter_id: int) -> Sequence[Membership]:
    """Every membership of a supporter: those that live first, the newest first of each."""
    ended = case((Membership.state == MembershipState.ENDED, 1), else_=0)
    mine = select(Membership).where(Membership.supporter_id == supporter_id)
    return session.scalars(mine.order_by(ended, Membership.started_at.desc())).all()


def gifts_of(session: Session, supporter_id: int) -> Sequence[Gift]:
    """Every gift of a supporter with what became of it, the newest first."""
    mine = (
        select(Gift)
        .where(Gift.supporter_id == supporter_id)
        .options(
            selectinload(Gift.receipt), selectinload(Gift.refunds), selectinload(Gift.disputes)
        )
        .order_by(Gift.received_at.desc(), Gift.id.desc())
    )
    return session.scalars(mine).all()


def latest_gift(session: Session, supporter_id: int) -> Gift | None:
    """The last gift of a supporter."""
    mine = select(Gift).where(Gift.supporter_id == supporter_id)
    return session.scalar(mine.order_by(Gift.received_at.desc(), Gift.id.desc()).limit(1))


def own_receipt(session: Session, supporter_id: int, number: int) -> Receipt:
    """The receipt of that number.  Raises `NotFound` if it is not of a gift of this supporter."""
    receipt = session.scalar(
        select(Receipt)
        .join(Receipt.gift)
        .where(Receipt.number == number, Gift.supporter_id == supporter_id)
    )
    if receipt is None:
        raise NotFound
    return receipt
