"""The forms of tiers: a new one, its words and prices, its state, what finance decides."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from wtforms import StringField

from donations.kernel.cadence import Frequency
from donations.kernel.errors import FieldRefused
from donations.kernel.money import Money
from donations.tiers.editing import MOST_POSITION, Sheet, Words
from donations.web.house import house
from donations.web.office.entry_form import EntryForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from donations.tiers.models import Tier

REGULAR: Final = tuple(each.value for each in Frequency if each.recurring)
_MOST_DIGITS: Final = 4


class CodeForm(EntryForm):
    """A new tier."""

    anchor = "code"
    code = StringField()


class StateForm(EntryForm):
    """Where a tier is to go."""

    anchor = "state"
    to = StringField()


class WorthForm(EntryForm):
    """What one payment of a tier is, and from when."""

    anchor = "worth"
    frequency = StringField()
    currency = StringField()
    kind = StringField()
    value = StringField()
    from_on = StringField()


def sheet_form(tier: Tier | None = None) -> EntryForm:
    """The form of a tier's words and prices: as it was sent, or as `tier` is."""
    newsroom = house().newsroom
    made = _sheet_class(newsroom.languages, newsroom.currencies)
    return made() if tier is None else made(formdata=None, data=_filled(tier))


def sheet_of(form: EntryForm) -> Sheet | None:
    """What the form says; None once something is refused."""
    newsroom = house().newsroom
    position = form.read("position", read_count(MOST_POSITION))
    words = {code: _words(form, code) for code in newsroom.languages}
    prices = {
        (Frequency(each), code): form.read(f"price_{each}_{code}", _price(code, Frequency(each)))
        for each in REGULAR
        for code in newsroom.currencies
    }
    return None if form.refused or position is None else Sheet(position, words, prices)


def read_count(most: int) -> Callable[[str], int]:
    """Reads a whole number from 1 to `most`."""

    def reader(text: str) -> int:
        plain = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
        number = int(text) if plain else 0
        if not 1 <= number <= most:
            raise FieldRefused("", "count", most=most)
        return number

    return reader


def _price(currency: str, frequency: Frequency) -> Callable[[str], Money | None]:
    """Reads a price within what readers may give; nothing typed is no price."""

    def reader(text: str) -> Money | None:
        if not text:
            return None
        return house().price_list.ask(currency, frequency).check(Money.parse(text, currency))

    return reader


def _words(form: EntryForm, language: str) -> Words:
    typed = (form[f"{part}_{language}"].data or "" for part in ("name", "line", "benefits"))
    return Words.read(*typed)


@cache
def _sheet_class(languages: tuple[str, ...], currencies: tuple[str, ...]) -> type[EntryForm]:
    names = ["position"]
    names += [f"{part}_{code}" for part in ("name", "line", "benefits") for code in languages]
    names += [f"price_{each}_{code}" for each in REGULAR for code in currencies]
    fields: dict[str, Any] = {name: StringField() for name in names}
    return type("SheetForm", (EntryForm,), {"anchor": "tier", **fields})


def _filled(tier: Tier) -> dict[str, str]:
    found = {"position": str(tier.position)}
    for one in tier.words:
        found |= {
            f"name_{one.language}": one.name,
            f"line_{one.language}": one.line,
            f"benefits_{one.language}": one.benefits,
        }
    for price in tier.prices:
        amount = Money(price.amount_minor, price.currency).decimal
        found[f"price_{price.frequency}_{price.currency}"] = f"{amount:f}"
    return found
