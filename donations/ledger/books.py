"""Booking: a movement of money becomes one balanced entry, once, however often it is booked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from sqlalchemy import func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from donations.kernel.errors import DonationsError
from donations.kernel.money import Money
from donations.ledger.chart import AGAINST, Account, Kind
from donations.ledger.models import Entry, Posting

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


class Unbalanced(DonationsError):
    """Somebody tried to write an entry that does not sum to zero; nothing was written."""


@dataclass(frozen=True, slots=True)
class Line:
    """One posting to be: debit positive, credit negative, minor units of `currency`."""

    account: Account
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry about to be booked; it cannot exist unbalanced."""

    source: str
    kind: Kind
    frequency: str | None
    gift_reference: str | None
    charged: Money
    exchange_rate: str | None
    occurred_at: datetime
    available_on: datetime | None
    lines: tuple[Line, ...]

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
        charged_minor: int,
        charged_currency: str,
        exchange_rate: str | None,
        occurred_at: datetime,
        available_on: datetime | None,
        frequency: str | None,
        gift_reference: str | None,
    ) -> Self:
        """The entry of a Stripe balance transaction: `amount`, `fee` and `amount - fee` of it.

        `charged_*` is the reader's side of it.  The net goes to the Stripe balance, the fee to its
        own account, and the whole amount against what the movement was for.
        """
        against, fees = AGAINST[kind]
        lines = (
            Line(Account.STRIPE_BALANCE, currency, amount - fee),
            Line(fees, currency, fee),
            Line(against, currency, -amount),
        )
        return cls(
            source=source,
            kind=kind,
            frequency=frequency,
            gift_reference=gift_reference,
            charged=Money(charged_minor, charged_currency),
            exchange_rate=exchange_rate,
            occurred_at=occurred_at,
            available_on=available_on,
            lines=tuple(line for line in lines if line.amount_minor),
        )


def book(session: Session, draft: Draft, *, now: datetime) -> bool:
    """Write `draft` in the caller's transaction; false if its source was booked before."""
    build = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = (
        build(Entry)
        .values(
            source=draft.source,
            kind=draft.kind.value,
            frequency=draft.frequency,
            gift_reference=draft.gift_reference,
            charged_minor=draft.charged.minor,
            charged_currency=draft.charged.currency,
            exchange_rate=draft.exchange_rate,
            occurred_at=draft.occurred_at,
            available_on=draft.available_on,
            booked_at=now,
        )
        .on_conflict_do_nothing(index_elements=["source"])
        .returning(Entry.id)
    )
    entry_id = session.scalar(statement)
    if entry_id is None:
        return False
    lines = [
        {
            "entry_id": entry_id,
            "account": line.account.value,
            "currency": line.currency,
            "amount_minor": line.amount_minor,
        }
        for line in draft.lines
    ]
    session.execute(insert(Posting), lines)
    return True


def balances(session: Session) -> dict[tuple[str, str], int]:
    """The balance of every account and currency, in minor units, debits positive."""
    rows = session.execute(
        select(Posting.account, Posting.currency, func.sum(Posting.amount_minor)).group_by(
            Posting.account, Posting.currency
        )
    )
    return {(account, currency): int(total) for account, currency, total in rows}
