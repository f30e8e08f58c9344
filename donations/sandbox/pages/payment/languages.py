"""The languages the payment page speaks; its words stand in `words/<language>.toml`."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from babel import Locale
from babel.numbers import format_currency

from donations.kernel.money import Money
from donations.sandbox.cards import GENERIC

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import LanguageAccept

    from donations.sandbox import Obj
    from donations.sandbox.objects.checkout.paying import Outcome

TAGS: Final = ("en", "ru", "de", "fr", "es")
_WORDS: Final = Path(__file__).parents[2] / "words"
_FORMATS: Final = {"en": "en_US"}
_COUNTRY_CODE: Final = 2


@dataclass(frozen=True, slots=True)
class Language:
    """One language: called with the name of a sentence, it says it."""

    tag: str
    words: Mapping[str, str]
    declines: Mapping[str, str]

    def __call__(self, sentence: str, **values: object) -> str:
        """The sentence of that name, `values` in their places."""
        return self.words[sentence].format(**values)

    def amount(self, minor: int, currency: str) -> str:
        """`1500, "usd"` is “$15.00” or “15,00 $”."""
        locale = _FORMATS.get(self.tag, self.tag)
        amount = Money(minor, currency).decimal
        return str(format_currency(amount, currency.upper(), locale=locale))

    def price(self, session: Obj) -> str:
        """What is paid: “$15.00”, “$15.00 per month”, “$100.00 every 3 months”."""
        total = self.amount(session["amount_total"], session["currency"])
        recurring = session["_lines"][0]["price"]["recurring"]
        if not recurring:
            return total
        count, interval = recurring["interval_count"], recurring["interval"]
        if count == 1:
            return self(f"per_{interval}", amount=total)
        return self(f"every_{interval}", amount=total, count=count)

    def button(self, session: Obj) -> str:
        """What the button that pays says."""
        if session["mode"] == "setup":
            return self("do_save")
        usual = "subscribe" if session["mode"] == "subscription" else "pay"
        wished = session["submit_type"] or "auto"
        verb = usual if wished == "auto" else wished
        return self(f"do_{verb}", price=self.price(session))

    def decline(self, outcome: Outcome) -> str:
        """Why the payment was declined; in Stripe's own English where there are no words for it."""
        code = outcome.code
        if code not in self.declines and outcome.message == GENERIC.message:
            code = GENERIC.decline_code
        return self.declines.get(code, outcome.message)

    def countries(self) -> list[tuple[str, str]]:
        """Every country's code and name, by name."""
        names = Locale.parse(self.tag).territories
        countries = [(code, name) for code, name in names.items() if _is_country(code)]
        return sorted(countries, key=lambda country: country[1])


def chosen(wished: str | None, accepted: LanguageAccept) -> Language:
    """The language of a session's `locale`; for none or `auto` the browser's, as far as known."""
    wanted = [wished] if wished and wished != "auto" else list(accepted.values())
    spoken = (tag for each in wanted if (tag := each.partition("-")[0].lower()) in TAGS)
    return named(next(spoken, TAGS[0]))


@functools.cache
def named(tag: str) -> Language:
    """The language of that tag, one of `TAGS`."""
    words = tomllib.loads((_WORDS / f"{tag}.toml").read_text("utf-8"))
    declines = words.pop("declines")
    return Language(tag, words, declines)


def _is_country(code: str) -> bool:
    return len(code) == _COUNTRY_CODE and code.isalpha() and code not in {"EU", "EZ", "UN", "ZZ"}
