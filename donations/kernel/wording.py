"""How amounts, days and months are said in a reader's language, by the CLDR through Babel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel import Locale
from babel.dates import format_date, format_datetime, get_month_names
from babel.numbers import format_currency

from donations.kernel.money import currency_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from donations.kernel.money import Money


def money_text(money: Money, language: str, *, exact: bool = False) -> str:
    """An amount as readers write it: "$15", "15 €", "¥1,500"; decimals only where they count.

    With `exact` the currency's own decimals are always shown, as in a column of figures.
    """
    exponent = currency_of(money.currency).exponent
    whole = not exact and money.minor % 10**exponent == 0
    pattern = Locale.parse(language).currency_formats["standard"].pattern
    decimals = "" if whole or exponent == 0 else "." + "0" * exponent
    return format_currency(
        money.decimal,
        money.currency.upper(),
        format=pattern.replace(".00", decimals),
        locale=language,
        currency_digits=False,
    )


def month_text(day: date, language: str) -> str:
    """The month's own name, standing alone: "January", "январь"."""
    return str(get_month_names("wide", context="stand-alone", locale=language)[day.month])


def day_text(day: date, language: str) -> str:
    """A day in full: "24 November 2026" in the language's own order."""
    return format_date(day, "long", locale=language)


def moment_text(moment: datetime, language: str) -> str:
    """A day and time in full, with the offset of the moment's own zone from UTC."""
    return format_datetime(moment, "long", tzinfo=moment.tzinfo, locale=language)
