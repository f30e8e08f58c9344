"""One frequency of the ask: its promo, its tiers and its plain amounts, and what was chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask_babel import gettext as _

from donations.kernel.cadence import Frequency
from donations.kernel.money import Money
from donations.kernel.wording import money_text
from donations.web.public.ask_words import give_label
from donations.web.public.promo_view import CHOICE, PromoView
from donations.web.public.tier_view import TierChoice, tier_choices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from donations.giving.price_list import Ask
    from donations.tiers.models import Tier
    from donations.web.public.selection import FieldError, Selection

MOST_CHOICES: Final = 8
"""How many choices the style sheet knows the words of the button for."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A suggested amount; `number` ties it to its words on the button."""

    number: int
    value: str
    label: str
    checked: bool
    give_label: str


@dataclass(frozen=True, slots=True)
class FrequencyView:
    """One frequency with its own amounts."""

    value: str
    label: str
    checked: bool
    promo: PromoView | None
    promo_checked: bool
    tiers: tuple[TierChoice, ...]
    choices: tuple[Choice, ...]
    other_value: str
    other_checked: bool
    minimum_label: str
    maximum_label: str
    error: str | None
    give_label: str
    give_template: str


def frequency_view(
    ask: Ask,
    frequency: Frequency,
    language: str,
    currency: str,
    selection: Selection,
    tiers: Sequence[Tier],
    error: FieldError | None,
) -> FrequencyView:
    """The view of one frequency in a language and currency; `tiers` are those offered."""

    def text(minor: int) -> str:
        return money_text(Money(minor, currency), language)

    chosen = selection.chosen.get(frequency) or str(ask.default)
    promo = selection.promo
    if promo is not None and (promo.frequency, promo.first.currency) != (frequency, currency):
        promo = None
    named = tier_choices(
        tiers, frequency, currency, language, chosen=chosen, after=1 if promo else 0
    )
    before = len(named) + (1 if promo else 0)
    plain = _plain(ask, {one.value for one in named}, MOST_CHOICES - before)
    known = {*plain, *(one.value for one in named), *((CHOICE,) if promo else ())}
    mine = error is not None and error.field == f"other-{frequency}"
    return FrequencyView(
        value=frequency.value,
        label={
            Frequency.ONCE: _("Once"),
            Frequency.MONTHLY: _("Monthly"),
            Frequency.ANNUAL: _("Annual"),
        }[frequency],
        checked=frequency is selection.frequency,
        promo=promo,
        promo_checked=chosen == CHOICE,
        tiers=named,
        choices=tuple(
            Choice(
                number,
                value,
                text(int(value)),
                value == chosen,
                give_label(frequency, text(int(value))),
            )
            for number, value in enumerate(plain, before + 1)
        ),
        other_value=selection.typed.get(frequency, ""),
        other_checked=chosen not in known,
        minimum_label=text(ask.minimum),
        maximum_label=text(ask.maximum),
        error=error.message if mine and error else None,
        give_label={
            Frequency.ONCE: _("Give once"),
            Frequency.MONTHLY: _("Give monthly"),
            Frequency.ANNUAL: _("Give annually"),
        }[frequency],
        give_template=give_label(frequency, "{amount}"),
    )


def _plain(ask: Ask, named: set[str], most: int) -> tuple[str, ...]:
    """The suggested amounts that are no tier's price: as many as there is room for."""
    left = [choice for choice in ask.choices if str(choice) not in named]
    by_worth = sorted(left, key=lambda choice: choice != ask.default)
    return tuple(str(choice) for choice in sorted(by_worth[: max(0, most)]))
