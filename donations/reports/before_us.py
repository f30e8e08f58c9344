"""What a supporter gave before these books began, as other programs told it: history, no income."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from donations.adoption.models import AdoptedMembership, PastGift
from donations.giving.models import Membership

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.kernel.money import Money

Told = tuple["datetime", str, "Money", str, str]
"""When, what, how much, how often, and which program told it."""


def before_us(session: Session, supporter_id: int) -> Iterator[Told]:
    """Past gifts, sums of them, and memberships that had begun elsewhere."""
    past = select(PastGift).where(PastGift.supporter_id == supporter_id).order_by(PastGift.id)
    for gift in session.scalars(past):
        what = "past_sum" if gift.sums else "past_gift"
        yield gift.given_at, what, gift.amount, gift.frequency, gift.source
    adopted = (
        select(AdoptedMembership.began_at, Membership)
        .join(Membership, Membership.id == AdoptedMembership.membership_id)
        .where(Membership.supporter_id == supporter_id)
    )
    for began_at, membership in session.execute(adopted):
        yield began_at, "began_elsewhere", membership.amount, membership.frequency, "stripe"
