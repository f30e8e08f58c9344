"""Entries about to be booked: what they say, and that they cannot exist unbalanced."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from donations.kernel.errors import DonationsError
from donations.kernel.money import Money
from donations.ledger.chart import AGAINST, ASSETS, Account, Kind

if TYPE_CHECKING:
    from datetime import datetime


class Unbalanced(DonationsError):
    """Somebody tried to write an entry that does not sum to zero; nothing was written."""


@dataclass(frozen=True, slots=True)
class Line:
    """One posting to be: debit positive, credit negative, minor units of `currency`."""

    account: Account
    currency: str
    amount_minor: int
    fund: str = ""


@dataclass(frozen=True, slots=True)
class Shares:
    """The parts of a movement's amount that are not plainly what it was for; signed like it.

    `exchange` came of a rate other than the gift's own; `deferred` is owed as benefits, or was.
    """

    exchange: int = 0
    deferred: int = 0


PLAIN = Shares()


@dataclass(frozen=True, slots=True)
class About:
    """What an entry is about, for those who ask the books afterwards."""

    frequency: str | None = None
    gift_reference: str | None = None
    fund: str = ""
    campaign: str | None = None
    method: str | None = None
    card_country: str | None = None
    cohort: str | None = None


NOTHING = About()


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry about to be booked; it cannot exist unbalanced."""

    source: str
    kind: Kind
    charged: Money
    occurred_at: datetime
    lines: tuple[Line, ...]
    exchange_rate: str | None = None
    available_on: datetime | None = None
    about: About = field(default=NOTHING)
    memo: str | None = None
    reverses_id: int | None = None

    def __post_init__(self) -> None:
        sums: dict[str, int] = {}
        for line in self.lines:
            sums[line.currency] = sums.get(line.currency, 0) + line.amount_minor
        if not self.lines or any(sums.values()):
            raise Unbalanced(self.source)

    @classmethod
    def of_movement(
        cls,
        kind: Kind,
        *,
        source: str,
        amount: int,
        fee: int,
        currency: str,
        charged: Money,
        occurred_at: datetime,
        fee_tax: int = 0,
        exchange_rate: str | None = None,
        available_on: datetime | None = None,
        about: About = NOTHING,
        shares: Shares = PLAIN,
    ) -> Self:
        """The entry of a Stripe balance transaction: `amount`, `fee` and `amount - fee` of it.

        `charged` is the reader's side of it; `fee_tax` is the part of the fee that is tax.  The net
        goes to the Stripe balance, the fee to its own account, and the whole amount, but for its
        `shares`, against what the movement was for.  A movement of nothing at all stands as a pair
        that cancels, so that it too is known to be booked.
        """
        against, fees = AGAINST[kind]
        plain = amount - shares.exchange - shares.deferred
        parts = (
            (Account.STRIPE_BALANCE, amount - fee),
            (fees, fee - fee_tax),
            (Account.FEE_TAX, fee_tax),
            (against, -plain),
            (Account.EXCHANGE, -shares.exchange),
            (Account.DEFERRED, -shares.deferred),
        )
        lines = tuple(
            Line(account, currency, minor, "" if account in ASSETS else about.fund)
            for account, minor in parts
            if minor
        )
        nothing = (
            Line(Account.STRIPE_BALANCE, currency, 1),
            Line(Account.STRIPE_BALANCE, currency, -1),
        )
        return cls(
            source=source,
            kind=kind,
            charged=charged,
            occurred_at=occurred_at,
            lines=lines or nothing,
            exchange_rate=exchange_rate,
            available_on=available_on,
            about=about,
        )
