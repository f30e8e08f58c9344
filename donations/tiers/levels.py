"""Which tier an amount reaches, and what the offered tiers are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from donations.tiers.models import Tier, TierPrice
from donations.tiers.states import TierState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from donations.kernel.cadence import Frequency
    from donations.kernel.money import Money


def level_for(session: Session, amount: Money, frequency: Frequency) -> Tier | None:
    """The highest offered tier whose price `amount` reaches; None when it reaches none.

    What is given above a price and below the next one's is still the lower tier.
    """
    reached = (
        select(Tier)
        .join(TierPrice)
        .where(
            Tier.state == TierState.OFFERED.value,
            TierPrice.frequency == frequency.value,
            TierPrice.currency == amount.currency,
            TierPrice.amount_minor <= amount.minor,
        )
        .order_by(Tier.position.desc(), TierPrice.amount_minor.desc(), Tier.id)
        .limit(1)
    )
    return session.scalar(reached)


def offered(session: Session) -> Sequence[Tier]:
    """The tiers offered now with their words and prices, the lowest first."""
    found = (
        select(Tier)
        .where(Tier.state == TierState.OFFERED.value)
        .options(selectinload(Tier.words), selectinload(Tier.prices))
        .order_by(Tier.position, Tier.id)
    )
    return session.scalars(found).all()


def version(session: Session) -> int:
    """A number that is another one once anything of any tier was changed."""
    return session.scalar(select(func.sum(Tier.changes))) or 0
