"""The portal's two languages: words, amounts and dates.

The sentences stand in the templates in English; `words/portal.ru.toml` has them in Russian.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency

from donations.kernel.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from donations.sandbox import Obj

KNOWN: Final = ("en", "ru")
_RUSSIAN: Final = Path(__file__).parents[2] / "words" / "portal.ru.toml"
_COUNTRY_LETTERS: Final = 2


@dataclass(frozen=True, slots=True)
class Language:
    """Says a sentence, given in English, in the language `code`."""

    code: str

    @classmethod
    def of(cls, locale: str | None, preferred: Iterable[str], accepted: Iterable[str]) -> Self:
        """The session's language; for `auto` the customer's, then the browser's; else English."""
        wished = [locale] if locale and locale != "auto" else [*preferred, *accepted]
        for each in wished:
            code = each.replace("_", "-").partition("-")[0].lower()
            if code in KNOWN:
                return cls(code)
        return cls("en")

    def __call__(self, sentence: str, **values: object) -> str:
        """The sentence with its `{places}` filled."""
        said = sentences(self.code).get(sentence, sentence)
        return said.format(**values) if values else said

    def amount(self, minor: int, currency: str) -> str:
        """`1500, "usd"` is “$15.00” or “15,00 $”."""
        code = currency.upper()
        return str(format_currency(Money(minor, currency).decimal, code, locale=self.code))

    def day(self, seconds: int) -> str:
        """A Unix time as a day in UTC: “24 November 2026”, “24 ноября 2026 г.”."""
        moment = datetime.fromtimestamp(seconds, UTC)
        if self.code == "en":
            return format_date(moment, "d MMMM y", locale="en")
        return format_date(moment, "long", locale=self.code)

    def price(self, price: Obj, quantity: int = 1) -> str:
        """What is paid and how often: “$15.00 per month”."""
        total = self.amount(price["unit_amount"] * quantity, price["currency"])
        recurring = price["recurring"]
        count, interval = recurring["interval_count"], recurring["interval"]
        if count == 1:
            return self(f"{{amount}} per {interval}", amount=total)
        return self(f"{{amount}} every {{count}} {interval}s", amount=total, count=count)

    def span(self, interval: Obj) -> str:
        """How long a pause lasts: “1 month”."""
        count, unit = interval["interval_count"], interval["interval"]
        return self(f"{{count}} {unit}" if count == 1 else f"{{count}} {unit}s", count=count)

    @property
    def countries(self) -> list[tuple[str, str]]:
        """Code and name of every country, by name."""
        return _countries(self.code)

    def country(self, code: str | None) -> str:
        """The name of a country."""
        return dict(self.countries).get(code or "", code or "")


@cache
def sentences(code: str) -> dict[str, str]:
    """The sentences of a language by their English text; English needs none."""
    return tomllib.loads(_RUSSIAN.read_text("utf-8")) if code == "ru" else {}


@cache
def _countries(code: str) -> list[tuple[str, str]]:
    named = Locale.parse(code).territories.items()
    real = [
        (territory, name)
        for territory, name in named
        if len(territory) == _COUNTRY_LETTERS and territory.isalpha() and territory not in _NOT_ONE
    ]
    return sorted(real, key=lambda each: each[1].casefold())


_NOT_ONE: Final = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})
