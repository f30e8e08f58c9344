"""Reads the form of the ask: what was chosen, and which field is wrong if one is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField

from donations.giving.orders import Order, price
from donations.kernel.cadence import Frequency
from donations.kernel.errors import BadAmount
from donations.kernel.money import Money
from donations.kernel.wording import money_text
from donations.mailer.addresses import LONGEST as LONGEST_ADDRESS
from donations.web.public.prefill import read_reminder
from donations.web.public.promo_view import CHOICE
from donations.web.public.selection import FieldError, Selection

if TYPE_CHECKING:
    from donations.giving.price_list import PriceList
    from donations.web.public.promo_view import PromoView

PLACEMENTS: Final = ("article", "support", "thanks", "reminder", "newsletter")
_ATTEMPT: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_LONGEST_ECHO: Final = 40


class CheckoutForm(FlaskForm):
    """The fields as they arrive; same-origin is checked before, so there is no token."""

    class Meta(FlaskForm.Meta):
        """No CSRF token: the page is the same for everyone."""

        csrf = False

    frequency = StringField()
    currency = StringField()
    attempt = StringField()
    placement = StringField()
    fund = StringField()
    promo = StringField()
    reminder = StringField()
    unfinished = StringField()
    unfinished_email = StringField()
    amount_once = StringField()
    amount_monthly = StringField()
    amount_annual = StringField()
    other_once = StringField()
    other_monthly = StringField()
    other_annual = StringField()

    def chosen_currency(self, prices: PriceList) -> str | None:
        """The currency, if the newsroom takes it."""
        code = self.currency.data or prices.currencies[0]
        return code if code in prices.currencies else None

    def chosen_frequency(self) -> Frequency | None:
        """The frequency, if there is such a one."""
        try:
            return Frequency(self.frequency.data or "")
        except ValueError:
            return None

    def selection(self) -> Selection:
        """Everything typed and chosen, to be shown again."""
        placement = self.placement.data or ""
        return Selection(
            frequency=self.chosen_frequency() or Frequency.MONTHLY,
            chosen={each: (self[f"amount_{each}"].data or "") for each in Frequency},
            typed={each: (self[f"other_{each}"].data or "")[:_LONGEST_ECHO] for each in Frequency},
            attempt=self.valid_attempt(),
            placement=placement if placement in PLACEMENTS else "support",
            reminder=read_reminder(self.reminder.data),
            unfinished=self.unfinished.data == "yes",
            unfinished_email=(self.unfinished_email.data or "")[:LONGEST_ADDRESS],
        )

    def valid_attempt(self) -> str:
        """The attempt's name; empty when the browser gave none, as without a script."""
        attempt = self.attempt.data or ""
        return attempt if _ATTEMPT.fullmatch(attempt) else ""

    def order(
        self, prices: PriceList, language: str, promo: PromoView | None = None
    ) -> Order | FieldError:
        """The order, or what is wrong with it and where; `promo` is the one the form names."""
        currency, frequency = self.chosen_currency(prices), self.chosen_frequency()
        if currency is None:
            return FieldError(
                "give", _("We can’t take that currency. Please choose one of those shown.")
            )
        if frequency is None:
            return FieldError("frequency-once", _("Choose how often you would like to give."))
        chosen = self[f"amount_{frequency}"].data or ""
        if chosen == CHOICE:
            return _promised(promo, frequency, currency)
        try:
            return price(
                prices,
                currency=currency,
                frequency=frequency,
                chosen=chosen,
                typed=self[f"other_{frequency}"].data or "",
            )
        except BadAmount as error:
            return FieldError(f"other-{frequency}", amount_message(error, currency, language))


def _promised(promo: PromoView | None, frequency: Frequency, currency: str) -> Order | FieldError:
    """The first amount of the promo, if it is still open and of this rhythm and currency."""
    if promo is None or (promo.frequency, promo.first.currency) != (frequency, currency):
        return FieldError("give", _("This offer is no longer open. Please choose again."))
    return Order(promo.first, frequency, promo=promo.code)


def amount_message(error: BadAmount, currency: str, language: str) -> str:
    """What is wrong with an amount, in the reader's words."""

    def limit() -> str:
        return money_text(Money(error.limit_minor or 0, currency), language)

    match error.reason:
        case "empty":
            return _("Enter an amount.")
        case "too_small":
            return _("The smallest amount here is %(amount)s.", amount=limit())
        case "too_large":
            return _(
                "The largest amount here is %(amount)s. To give more, please write to us.",
                amount=limit(),
            )
        case "too_precise":
            return _("That amount is too exact for %(currency)s.", currency=currency.upper())
        case "grouped":
            return _("Write the amount without separating the thousands, for example 1500.")
        case _:
            return _("Write the amount in digits only, for example 15 or 15.50.")
