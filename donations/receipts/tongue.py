"""The words of papers in a supporter's language, where no request says which is meant."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from babel import Locale
from babel.numbers import format_currency
from babel.support import Translations

from donations.kernel.money import currency_of
from donations.mailer.catalogues import BUNDLED

if TYPE_CHECKING:
    from donations.kernel.money import Money

Say = Callable[[str], str]
"""Says an English sentence in another language, as gettext does."""


@cache
def speaker(language: str) -> Say:
    """What says sentences in `language`, in English where it is not translated."""
    return Translations.load(BUNDLED, [language]).gettext


def exact(money: Money, language: str) -> str:
    """An amount with all its decimals and its ISO code, which tells one dollar from another."""
    decimals = "0" * currency_of(money.currency).exponent
    pattern = "#,##0" + (f".{decimals}" if decimals else "")
    return format_currency(
        money.decimal,
        money.currency.upper(),
        format=f"{pattern}\u00a0¤¤",
        locale=Locale.parse(language),
        currency_digits=False,
    )
