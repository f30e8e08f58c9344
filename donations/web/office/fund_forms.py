"""The forms of funds: opening one, another name, releasing restricted money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import BooleanField, StringField

from donations.kernel.currencies import CURRENCIES
from donations.kernel.ids import new_token
from donations.web.office.entry_form import EntryForm, one_of, read_day, read_money

if TYPE_CHECKING:
    from datetime import date

    from donations.kernel.money import Money

_LONGEST_NONCE = 40


class FundForm(EntryForm):
    """A new fund."""

    anchor = "fund"
    code = StringField()
    name = StringField()
    restricted = BooleanField()


class NameForm(EntryForm):
    """Another name."""

    anchor = "rename"
    name = StringField()


class ReleaseForm(EntryForm):
    """An amount set free for its purpose; `nonce` names the attempt, so that it counts once."""

    anchor = "release"
    amount = StringField()
    currency = StringField()
    posted_on = StringField()
    memo = StringField()
    nonce = StringField()

    @classmethod
    def empty(cls, today: date) -> ReleaseForm:
        """A form about to be shown, for an attempt of its own."""
        return cls(formdata=None, data={"posted_on": today.isoformat(), "nonce": new_token()})

    def release(self) -> tuple[Money, date] | None:
        """The amount and the day; None once something is refused."""
        currency = self.read("currency", one_of(tuple(CURRENCIES)))
        amount = self.read("amount", read_money(currency)) if currency else None
        day = self.read("posted_on", read_day)
        return None if amount is None or day is None else (amount, day)

    @property
    def attempt(self) -> str:
        """The name of this attempt."""
        return (self.nonce.data or new_token())[:_LONGEST_NONCE]


class BackForm(EntryForm):
    """Why a release is taken back."""

    anchor = "back"
    number = StringField()
    memo = StringField()
