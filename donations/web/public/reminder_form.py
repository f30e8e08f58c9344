"""What the reminder form sends, read and checked.  The page's HTML is written by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import ValidationError

from donations.giving.orders import price
from donations.kernel.cadence import Frequency
from donations.kernel.errors import BadAmount
from donations.kernel.money import currency_of
from donations.kernel.wording import day_text
from donations.reminders.reminding import Choice
from donations.web.public.address_field import AddressField
from donations.web.public.checkout_form import amount_message
from donations.web.public.reminder_source import Source, read_source
from donations.web.public.reminder_times import (
    NoSuchTime,
    Time,
    chosen_time,
    first_day,
    last_day,
)

if TYPE_CHECKING:
    from datetime import date

    from donations.giving.price_list import PriceList
    from donations.kernel.money import Money

_LONGEST_ECHO: Final = 40
_MINOR_UNITS: Final = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class TypedChoice:
    """The gift to be offered again as its fields hold it: a frequency, or none, and an amount."""

    frequency: str = ""
    amount: str = ""
    currency: str = ""


class TimeForm(FlaskForm):  # Flask-WTF has no annotations
    """A time alone, as on the page that a letter leads to."""

    class Meta:
        """The reader's pages hold no token: they are guarded by the request's origin."""

        csrf = False

    when = StringField()
    day = StringField()

    def __init__(self, today: date, language: str, *, once: bool = False) -> None:
        """With `once`, a rhythm is not on offer."""
        super().__init__()
        self._today, self._language, self._once = today, language, once
        self.time: Time | None = None

    def validate(self, extra_validators: object = None) -> bool:
        """Check every field, and set `time` if one was chosen."""
        fine = bool(super().validate(extra_validators))
        try:
            time = chosen_time(self.when.data or "", self.day.data or "", self._today)
            if self._once and time.every_months is not None:
                raise NoSuchTime("when", "not_offered")  # noqa: TRY301 - said as the others are
            self.time = time
        except NoSuchTime as error:
            message = time_message(error, self._today, self._language)
            self[error.field].errors = [*self[error.field].errors, message]
            return False
        return fine

    def first_errors(self) -> dict[str, str]:
        """One sentence for each field that was refused."""
        return {name: str(messages[0]) for name, messages in self.errors.items() if name}


class RemindForm(TimeForm):
    """A time, an address, perhaps a second letter and the gift to be offered again."""

    email = AddressField()
    second = StringField()
    placement = StringField()
    stage = StringField()
    campaign = StringField()
    frequency = StringField()
    amount = StringField()
    currency = StringField()

    def __init__(self, today: date, language: str, prices: PriceList) -> None:
        super().__init__(today, language)
        self._prices = prices
        self.choice: Choice | None = None

    def validate_amount(self, _field: StringField) -> None:
        """Refuse an amount that cannot be given; set `choice` to one that can."""
        typed = self.typed_choice
        if not typed.frequency:
            return
        try:
            self.choice = _choice(self._prices, typed)
        except BadAmount as error:
            message = amount_message(error, typed.currency, self._language)
            raise ValidationError(message) from error

    @property
    def twice(self) -> bool:
        """Whether a second letter was asked for."""
        return self.second.data == "yes"

    @property
    def typed_choice(self) -> TypedChoice:
        """The gift's fields; no frequency where that is none of ours."""
        known = self._prices.currencies
        frequency, currency = self.frequency.data or "", self.currency.data or ""
        return TypedChoice(
            frequency if frequency in tuple(Frequency) else "",
            (self.amount.data or "")[:_LONGEST_ECHO],
            currency if currency in known else known[0],
        )

    @property
    def source(self) -> Source:
        """Where the form stood."""
        return read_source(
            {
                "placement": self.placement.data or "",
                "stage": self.stage.data or "",
                "campaign": self.campaign.data or "",
            }
        )


def linked_choice(prices: PriceList, query: dict[str, str]) -> TypedChoice:
    """The gift a link names, with its amount in minor units; what cannot be given is left out."""
    currency = query.get("currency", "")
    currency = currency if currency in prices.currencies else prices.currencies[0]
    amount = query.get("amount", "")
    try:
        frequency = Frequency(query.get("frequency", ""))
        order = price(prices, currency=currency, frequency=frequency, chosen=amount, typed="")
    except (ValueError, BadAmount):
        return TypedChoice(currency=currency)
    return TypedChoice(frequency.value, _plain(order.amount), currency)


def _plain(amount: Money) -> str:
    """An amount as one would type it: decimals only where they count."""
    nothing = "." + "0" * currency_of(amount.currency).exponent
    return format(amount.decimal, "f").removesuffix(nothing)


def _choice(prices: PriceList, typed: TypedChoice) -> Choice:
    order = price(
        prices,
        currency=typed.currency,
        frequency=Frequency(typed.frequency),
        chosen="other",
        typed=typed.amount,
    )
    return Choice(order.frequency, order.amount)


def time_message(error: NoSuchTime, today: date, language: str) -> str:
    """What is wrong with a time, in the reader's words."""
    first, last = day_text(first_day(today), language), day_text(last_day(today), language)
    match error.reason:
        case "empty":
            return _("Choose the day on which we should write.")
        case "not_a_day":
            return _("Write the day like this: 2027-03-14.")
        case "too_soon":
            return _("The first day we can write is %(day)s.", day=first)
        case "too_far":
            return _("The last day we can promise is %(day)s.", day=last)
        case _:
            return not_offered()


def not_offered() -> str:
    """What is said of a time that is none of those on offer."""
    return _("Choose when we should write.")
