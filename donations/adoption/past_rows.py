"""Reads one line of an export into what it tells: who gave how much, and when.

Nothing is guessed: an amount or a day that may mean two things is refused, with the word for why.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Self

from donations.adoption.columns import RHYTHMS, SOURCES, UNPAID
from donations.adoption.figures import read_amount, read_moment
from donations.kernel.errors import FieldRefused
from donations.kernel.money import Money
from donations.mailer.addresses import BadAddress, checked_address
from donations.vault.keys import normalised_email

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from donations.adoption.columns import Reading
    from donations.vault.keys import MasterKey

_LONGEST_NAME: Final = 200


class Skipped(FieldRefused):
    """A line that is in order and tells of no money that came: nothing to keep."""


@dataclass(frozen=True, slots=True)
class PastRow:
    """What a line tells.  `outside` is what the other program calls the payment, or empty."""

    line: int
    email: str
    name: str
    amount: Money
    frequency: str
    given_at: datetime
    outside: str

    def sealed_words(self) -> str:
        """All of it that tells of the person, as text to be sealed."""
        return json.dumps(
            {
                "email": self.email,
                "name": self.name,
                "amount": self.amount.minor,
                "currency": self.amount.currency,
                "frequency": self.frequency,
                "given_at": self.given_at.isoformat(),
                "outside": self.outside,
            },
            ensure_ascii=False,
        )

    @classmethod
    def of_words(cls, line: int, text: str) -> Self:
        """What `sealed_words` made a text of."""
        told = json.loads(text)
        return cls(
            line=line,
            email=told["email"],
            name=told["name"],
            amount=Money(told["amount"], told["currency"]),
            frequency=told["frequency"],
            given_at=datetime.fromisoformat(told["given_at"]),
            outside=told["outside"],
        )

    def mailbox(self, master: MasterKey) -> bytes:
        """The blind index of the mailbox."""
        return master.index("email", normalised_email(self.email))

    def content(self) -> str:
        """What tells this payment from others, where the other program gave it no number."""
        return "\x1f".join(
            (
                normalised_email(self.email),
                str(self.amount.minor),
                self.amount.currency,
                self.given_at.isoformat(),
                self.frequency,
            )
        )


class RowReader:
    """Reads the lines of one file, as `reading` says."""

    def __init__(self, reading: Reading, zone: ZoneInfo, now: datetime) -> None:
        self._reading = reading
        self._source = SOURCES[reading.source]
        self._zone = None if self._source.in_utc else zone
        self._now = now

    def read(self, line: int, fields: Sequence[str] | None) -> PastRow:
        """What the line tells.  Raises `Skipped`, or `FieldRefused` with the field and a reason."""
        if fields is None:
            raise FieldRefused("line", "unreadable")
        told = {name: fields[at].strip() for name, at in self._reading.columns.items()}
        frequency = self._standing(told)
        return PastRow(
            line=line,
            email=_address(told["email"]),
            name=_name(told),
            amount=self._amount(told),
            frequency=frequency,
            given_at=read_moment(
                told["date"], told.get("time", ""), self._reading.dates, self._zone, self._now
            ),
            outside=told.get("id", "")[:_LONGEST_NAME],
        )

    def _standing(self, told: dict[str, str]) -> str:
        """How often it is given, if it was paid and no test."""
        if told.get("mode", "").casefold() == "test":
            raise Skipped("mode", "test")
        plan = RHYTHMS.get(told.get("plan", "").casefold(), "other")
        if "status" not in self._reading.columns:
            return plan
        status = told["status"].casefold()
        if status in self._reading.paid:
            return "other" if status in {"renewal", "give_subscription"} else plan
        if status in UNPAID:
            raise Skipped("status", "not_paid")
        raise FieldRefused("status", "unknown_word")

    def _amount(self, told: dict[str, str]) -> Money:
        currency = (told.get("currency") or self._reading.currency).casefold()
        amount = read_amount(told["amount"], currency)
        if not amount:
            raise Skipped("amount", "nothing")
        return amount


def _address(typed: str) -> str:
    try:
        return checked_address(typed)
    except BadAddress as error:
        raise FieldRefused("email", error.reason) from error


def _name(told: dict[str, str]) -> str:
    parts = (told.get("first_name", ""), told.get("last_name", ""))
    name = told.get("name") or " ".join(part for part in parts if part)
    return " ".join(name.split())[:_LONGEST_NAME]
