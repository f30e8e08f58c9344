"""What the reminder form sends, read and checked.  The page's HTML is written by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import ValidationError

from donations.kernel.cadence import Frequency
from donations.kernel.errors import BadAmount
from donations.kernel.money import Money
from donations.reminders.reminding import Choice
from donations.web.public.address_field import AddressField

if TYPE_CHECKING:
    from datetime import date

    from donations.giving.price_list import PriceList

HERE: Final = "remind"
_PLACEMENT: Final = re.compile(r"[a-z][a-z_-]{0,29}")
_MINOR_UNITS: Final = re.compile(r"[0-9]{1,15}")


class RemindForm(FlaskForm):  # Flask-WTF has no annotations
    """A month among those offered, an address, and the choice the reader was about to make."""

    class Meta:
        """The reader's pages hold no token: they are guarded by the request's origin."""

        csrf = False

    month = StringField()
    email = AddressField()
    placement = StringField()
    frequency = StringField()
    amount = StringField()
    currency = StringField()

    def __init__(self, offered: list[date]) -> None:
        super().__init__()
        self._offered = {month_value(month): month for month in offered}

    def validate_month(self, field: StringField) -> None:
        """Refuse a month that is not on offer."""
        if field.data not in self._offered:
            raise ValidationError(_("Choose one of the months."))

    @property
    def chosen_month(self) -> date | None:
        """The first day of the month chosen; None if none of those offered was."""
        return self._offered.get(self.month.data or "")

    @property
    def from_where(self) -> str:
        """The placement that asked, or this page's own if what came is none."""
        given = self.placement.data or ""
        return given if _PLACEMENT.fullmatch(given) else HERE

    def choice(self, price_list: PriceList) -> Choice | None:
        """The gift to be offered again; None if there was none or it has no price here."""
        return choice_of(
            price_list, self.frequency.data or "", self.amount.data or "", self.currency.data or ""
        )

    def first_errors(self) -> dict[str, str]:
        """One sentence for each field that was refused."""
        return {name: str(messages[0]) for name, messages in self.errors.items() if name}


def month_value(month: date) -> str:
    """A month as the form sends it: "2027-01"."""
    return month.strftime("%Y-%m")


def choice_of(price_list: PriceList, frequency: str, amount: str, currency: str) -> Choice | None:
    """The choice these words name; None if they name none that may be given here."""
    if currency not in price_list.currencies or not _MINOR_UNITS.fullmatch(amount):
        return None
    try:
        rhythm = Frequency(frequency)
        money = price_list.ask(currency, rhythm).check(Money(int(amount), currency))
    except (ValueError, BadAmount):
        return None
    return Choice(rhythm, money)
