"""Tiers as the ask shows them: named choices among the amounts, and the names of their prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from donations.kernel.wording import money_text
from donations.web.public.ask_words import give_label, order_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from donations.kernel.cadence import Frequency
    from donations.tiers.models import Tier, TierPrice, TierWords

MOST_TIERS: Final = 6


@dataclass(frozen=True, slots=True)
class TierChoice:
    """A tier one may choose; `number` ties it to its words on the button."""

    number: int
    value: str
    name: str
    amount: str
    price: str
    line: str
    benefits: tuple[str, ...]
    checked: bool
    give_label: str


def tier_choices(
    tiers: Sequence[Tier],
    frequency: Frequency,
    currency: str,
    language: str,
    *,
    chosen: str,
    after: int = 0,
) -> tuple[TierChoice, ...]:
    """The tiers with a price in this currency and words in this language, the lowest first.

    `after` is how many choices stand before them.
    """
    shown = [
        (words, price)
        for tier in tiers
        if (words := _words(tier, language)) and (price := _price(tier, frequency, currency))
    ]
    return tuple(
        _choice(words, price, frequency, number, chosen)
        for number, (words, price) in enumerate(shown[:MOST_TIERS], after + 1)
    )


def tier_names(
    tiers: Iterable[Tier], frequency: Frequency, currency: str, language: str
) -> dict[int, str]:
    """The names of tiers by their price in minor units."""
    return {
        price.amount_minor: words.name
        for tier in tiers
        if (words := _words(tier, language)) and (price := _price(tier, frequency, currency))
    }


def _choice(
    words: TierWords, price: TierPrice, frequency: Frequency, number: int, chosen: str
) -> TierChoice:
    value, text = str(price.amount_minor), money_text(price.amount, words.language)
    return TierChoice(
        number=number,
        value=value,
        name=words.name,
        amount=text,
        price=order_label(frequency, text),
        line=words.line,
        benefits=tuple(words.benefits.splitlines()),
        checked=value == chosen,
        give_label=give_label(frequency, text),
    )


def _words(tier: Tier, language: str) -> TierWords | None:
    return next((one for one in tier.words if one.language == language), None)


def _price(tier: Tier, frequency: Frequency, currency: str) -> TierPrice | None:
    wanted = (frequency.value, currency)
    return next((one for one in tier.prices if (one.frequency, one.currency) == wanted), None)
