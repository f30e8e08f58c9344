"""What a tier's payments are in the books, decided by finance ahead of time.

A decision counts from a day that is still to come, so nothing that is booked changes its meaning;
and one that counts already is never changed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import select

from donations.kernel.database import writing
from donations.kernel.errors import FieldRefused, NotFound
from donations.ledger.books import books_zone, hold
from donations.tiers.models import Tier, TierWorth

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from donations.kernel.cadence import Frequency
    from donations.kernel.money import Money


class WorthKind(StrEnum):
    """A gift with something given in return, or a sale of the whole period."""

    GIFT = "gift"
    MEMBERSHIP = "membership"


def decide_worth(
    session: Session,
    tier_id: int,
    frequency: Frequency,
    kind: WorthKind,
    value: Money,
    from_on: date,
    *,
    by: str,
    now: datetime,
) -> TierWorth:
    """Let one payment of a tier be `kind` from a day on.  Commits.

    `value` is the benefits' fair-market value, in the currency decided for; of a membership
    nothing is left to value, so there it is nought whatever was given.  A decision that does not
    count yet is replaced.  Raises `FieldRefused` for a day that has begun and for a one-time gift,
    `NotFound` for no such tier.
    """
    if not frequency.recurring:
        raise FieldRefused("frequency", "without_benefits")
    with writing(session):
        hold(session)  # while a payment is being booked, what it is worth stands still
        if session.get(Tier, tier_id) is None:
            raise NotFound
        if from_on <= now.astimezone(books_zone(session)).date():
            raise FieldRefused("from_on", "has_begun")
        about = {"frequency": frequency.value, "currency": value.currency, "from_on": from_on}
        decided = session.scalar(select(TierWorth).filter_by(tier_id=tier_id, **about))
        if decided is None:
            decided = TierWorth(tier_id=tier_id, **about)
            session.add(decided)
        decided.kind = kind.value
        decided.amount_minor = value.minor if kind is WorthKind.GIFT else 0
        decided.set_by, decided.set_at = by, now
    return decided


def worth_in_force(
    session: Session, tier_id: int, frequency: str, currency: str, day: date
) -> TierWorth | None:
    """The decision that counts on `day`; None where nothing was decided for the tier."""
    return session.scalar(
        select(TierWorth)
        .where(
            TierWorth.tier_id == tier_id,
            TierWorth.frequency == frequency,
            TierWorth.currency == currency,
            TierWorth.from_on <= day,
        )
        .order_by(TierWorth.from_on.desc())
        .limit(1)
    )


def worths(session: Session, tier_id: int) -> Sequence[TierWorth]:
    """Everything decided of a tier, what counts last first."""
    return session.scalars(
        select(TierWorth)
        .where(TierWorth.tier_id == tier_id)
        .order_by(TierWorth.from_on.desc(), TierWorth.frequency, TierWorth.currency)
    ).all()
