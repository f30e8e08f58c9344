"""The tier of a membership and of each of its payments.

A membership's tier is settled when it begins and whenever its amount, currency or rhythm change,
never when prices do: who has a tier keeps it at the price they joined at.  Nor does anybody lose
one by giving more than before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.giving.models import Checkout, Gift
from donations.kernel.cadence import Frequency
from donations.tiers.levels import level_for
from donations.tiers.models import Tier
from donations.tiers.promos import promised_tier

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from donations.giving.models import Membership
    from donations.kernel.money import Money

_PAYMENTS: Final = {Frequency.MONTHLY: 12, Frequency.ANNUAL: 1, Frequency.ONCE: 0}


@dataclass(frozen=True, slots=True)
class Terms:
    """What is paid, and how often."""

    amount: Money
    frequency: Frequency

    @classmethod
    def of(cls, membership: Membership) -> Terms | None:
        """Those of a membership; None while it has none yet."""
        if membership.amount_minor is None:
            return None
        return cls(membership.amount, Frequency(membership.frequency))

    def is_at_least(self, other: Terms) -> bool:
        """Whether as much comes of it in a year, in the same currency."""
        mine, theirs = self.amount, other.amount
        return mine.currency == theirs.currency and (
            mine.minor * _PAYMENTS[self.frequency] >= theirs.minor * _PAYMENTS[other.frequency]
        )


def settle_level(
    session: Session, membership: Membership, checkout: Checkout, before: Terms | None
) -> None:
    """Settle the membership's tier if what is paid is not what it was; the caller commits."""
    terms = Terms.of(membership)
    if terms is None or terms == before:
        return
    with session.no_autoflush:
        kept = None
        if before is not None and terms.is_at_least(before):
            kept = _kept(session, membership, checkout, before)
        promised = promised_tier(session, checkout.promo or "", terms.amount, terms.frequency)
        if promised is not None:
            membership.tier_id = promised[0]
            return
        reached = level_for(session, terms.amount, terms.frequency)
        best = max((one for one in (kept, reached) if one), key=_height, default=None)
        membership.tier_id = None if best is None else best.id


def tier_of_payment(
    session: Session, membership: Membership | None, checkout: Checkout, amount: Money
) -> int | None:
    """The tier a payment is for; None for a one-time gift, and for what reaches none.

    A payment told late, after its membership changed, is for the tier it was asked for.
    """
    if membership is None or amount == membership.amount:
        return None if membership is None else membership.tier_id
    earlier = session.execute(
        select(Gift.tier_id)
        .where(
            Gift.membership_id == membership.id,
            Gift.amount_minor == amount.minor,
            Gift.currency == amount.currency,
        )
        .order_by(Gift.id.desc())
        .limit(1)
    ).first()
    if earlier is not None:
        known: int | None = earlier.tier_id
        return known
    frequency = Frequency(membership.frequency)
    promised = promised_tier(session, checkout.promo or "", amount, frequency)
    if promised is not None:
        return promised[0]
    reached = level_for(session, amount, frequency)
    return None if reached is None else reached.id


def _kept(
    session: Session, membership: Membership, checkout: Checkout, before: Terms
) -> Tier | None:
    """The tier it had, unless that was only lent by a promo's lower amount."""
    if membership.tier_id is None:
        return None
    promised = promised_tier(session, checkout.promo or "", before.amount, before.frequency)
    lent = promised is not None and promised[1]
    return None if lent else session.get(Tier, membership.tier_id)


def _height(tier: Tier) -> int:
    return tier.position
