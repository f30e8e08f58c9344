"""What can be given: offered tiers with an annual price, in the words of a language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from donations.kernel.cadence import Frequency
from donations.kernel.money import Money
from donations.tiers.models import Tier, TierPrice
from donations.tiers.states import TierState

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from donations.kernel.newsroom import Newsroom
    from donations.tiers.models import TierWords


@dataclass(frozen=True, slots=True)
class GiftOffer:
    """A year of a tier and what it costs, once."""

    tier_id: int
    code: str
    name: str
    line: str
    benefits: tuple[str, ...]
    amount: Money


def gift_offers(
    session: Session, newsroom: Newsroom, currency: str, language: str
) -> list[GiftOffer]:
    """Every tier that can be given in a currency, the smallest first."""
    priced = (
        select(Tier, TierPrice.amount_minor)
        .join(TierPrice, TierPrice.tier_id == Tier.id)
        .where(
            Tier.state == TierState.OFFERED.value,
            TierPrice.frequency == Frequency.ANNUAL.value,
            TierPrice.currency == currency,
        )
        .order_by(Tier.position, Tier.id)
    )
    return [
        _offer(tier, Money(minor, currency), newsroom, language)
        for tier, minor in session.execute(priced)
    ]


def tier_name(tier: Tier, newsroom: Newsroom, language: str) -> str:
    """What a tier is called in a language, else in the newsroom's first, else its code."""
    words = _words(tier, newsroom, language)
    return tier.code if words is None else words.name


def tier_benefits(tier: Tier, newsroom: Newsroom, language: str) -> tuple[str, ...]:
    """What belongs to a tier, one benefit each."""
    words = _words(tier, newsroom, language)
    lines = () if words is None else words.benefits.splitlines()
    return tuple(line.strip() for line in lines if line.strip())


def price_minor(session: Session, tier_id: int, frequency: str, currency: str) -> int | None:
    """What a tier costs per payment, in minor units; None where it has no such price."""
    return session.scalar(
        select(TierPrice.amount_minor).where(
            TierPrice.tier_id == tier_id,
            TierPrice.frequency == frequency,
            TierPrice.currency == currency,
        )
    )


def _offer(tier: Tier, amount: Money, newsroom: Newsroom, language: str) -> GiftOffer:
    words = _words(tier, newsroom, language)
    return GiftOffer(
        tier_id=tier.id,
        code=tier.code,
        name=tier_name(tier, newsroom, language),
        line="" if words is None else words.line,
        benefits=tier_benefits(tier, newsroom, language),
        amount=amount,
    )


def _words(tier: Tier, newsroom: Newsroom, language: str) -> TierWords | None:
    by_language = {words.language: words for words in tier.words}
    return by_language.get(language) or by_language.get(newsroom.languages[0])
