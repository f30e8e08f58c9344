"""The figures of a group of ledger postings, signed by what they did to where money stands."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from sqlalchemy import func, select

from donations.kernel.money import Money
from donations.ledger.chart import ASSETS, Account, Kind
from donations.ledger.models import Entry, Posting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

_REFUNDS: Final = (Kind.REFUND, Kind.REFUND_FAILED, Kind.CHARGE_FAILED)
_DISPUTES: Final = (Kind.DISPUTE, Kind.DISPUTE_REVERSED)


@dataclass(frozen=True, slots=True)
class Figures:
    """Money in one settlement currency: what came in is positive, what went out negative.

    So a row adds up from left to right: the parts sum to `net`.  `gross` includes what is still
    owed as benefits, `fees` their tax; `other` is whatever stands in an account this report has no
    column for: a remainder is named, never dropped.
    """

    gross: Money
    fees: Money
    refunds: Money
    disputes: Money
    dispute_fees: Money
    other: Money

    @classmethod
    def of(cls, currency: str, postings: Mapping[str, int]) -> Self:
        """The figures of sums by account, which are debits positive as in the ledger."""
        rest = {name: minor for name, minor in postings.items() if name not in ASSETS}

        def effect(*accounts: Account) -> Money:
            return Money(-sum(rest.pop(account.value, 0) for account in accounts), currency)

        return cls(
            gross=effect(Account.INCOME, Account.DEFERRED),
            fees=effect(Account.FEES, Account.FEE_TAX),
            refunds=effect(Account.REFUNDS),
            disputes=effect(Account.DISPUTES),
            dispute_fees=effect(Account.DISPUTE_FEES),
            other=Money(-sum(rest.values()), currency),
        )

    @property
    def currency(self) -> str:
        """The settlement currency."""
        return self.gross.currency

    @property
    def parts(self) -> tuple[Money, ...]:
        """The parts in the order they are printed."""
        return (
            self.gross,
            self.fees,
            self.refunds,
            self.disputes,
            self.dispute_fees,
            self.other,
        )

    @property
    def net(self) -> Money:
        """What is left of the gross once everything is taken off."""
        return Money(sum(part.minor for part in self.parts), self.currency)

    def __add__(self, more: Figures) -> Figures:
        return Figures(*(mine + its for mine, its in zip(self.parts, more.parts, strict=True)))


def column_of(account: str, kind: str) -> str:
    """The account a posting of an entry of `kind` is shown under.

    What a return took back of benefits still owed is a return, as the rest of it is.
    """
    if account != Account.DEFERRED:
        return account
    if kind in _REFUNDS:
        return Account.REFUNDS.value
    return Account.DISPUTES.value if kind in _DISPUTES else account


def settled_figures(session: Session, references: Sequence[str]) -> dict[str, Figures]:
    """The ledger's figures of each gift.  Stripe settles a gift and its refunds in one currency."""
    statement = (
        select(
            Entry.gift_reference,
            Posting.currency,
            Posting.account,
            Entry.kind,
            func.sum(Posting.amount_minor),
        )
        .join(Posting.entry)
        .where(Entry.gift_reference.in_(references))
        .group_by(Entry.gift_reference, Posting.currency, Posting.account, Entry.kind)
    )
    sums: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for reference, currency, account, kind, minor in session.execute(statement):
        sums[str(reference), currency][column_of(account, kind)] += int(minor)
    return {reference: Figures.of(currency, sums_) for (reference, currency), sums_ in sums.items()}
