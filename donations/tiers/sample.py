"""The two tiers the demonstration offers, so that a newcomer sees what tiers are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.kernel.cadence import Frequency
from donations.kernel.money import Money
from donations.tiers.editing import Sheet, Words, add_tier, edit_tier, move_tier, tiers
from donations.tiers.states import TierState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

_CURRENCIES: Final = ("usd", "eur", "gbp")
_PRICES: Final[Mapping[str, Mapping[Frequency, int]]] = {
    "reader": {Frequency.MONTHLY: 500, Frequency.ANNUAL: 5_000},
    "friend": {Frequency.MONTHLY: 1_500, Frequency.ANNUAL: 15_000},
}
_WORDS: Final[Mapping[str, Mapping[str, Words]]] = {
    "reader": {
        "en": Words(
            "Reader",
            "You keep our journalism open to everyone.",
            ("The members’ letter, every other Friday",),
        ),
        "ru": Words(
            "Читатель",
            "Благодаря вам нас могут читать все.",
            ("Письмо для участников раз в две недели",),
        ),
    },
    "friend": {
        "en": Words(
            "Friend",
            "You pay for the reporting that takes months.",
            ("Everything readers have", "Talks with our reporters, four times a year"),
        ),
        "ru": Words(
            "Друг",
            "Вы оплачиваете расследования, на которые уходят месяцы.",
            ("Всё, что есть у читателей", "Встречи с нашими журналистами четыре раза в год"),
        ),
    },
}


def offer_sample(
    session: Session, languages: Collection[str], currencies: Collection[str], *, now: datetime
) -> None:
    """Offer the sample tiers, unless there is any tier already.  Commits."""
    if tiers(session):
        return
    for position, (code, words) in enumerate(_WORDS.items(), 1):
        add_tier(session, code, now=now)
        prices = {
            (frequency, currency): Money(minor, currency)
            for currency in _CURRENCIES
            if currency in currencies
            for frequency, minor in _PRICES[code].items()
        }
        spoken = {language: said for language, said in words.items() if language in languages}
        edit_tier(session, code, Sheet(position, spoken, prices))
        if prices and spoken:
            move_tier(session, code, TierState.OFFERED)
