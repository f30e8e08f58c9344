"""Whether the payouts of a month are what they are made of, and the bank got exactly that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from donations.closing.proofs import GONE_STATES
from donations.kernel.money import Money
from donations.payouts.models import Payout, PayoutLine
from donations.reconciliation.models import BankMatch, BankStatement, Discrepancy

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Tie:
    """One payout and the two sums it must be; None where nothing can be summed.

    `lines` is what it is made of, `bank` what arrived.  Stripe tells no lines of a manual payout,
    and what was sent back needs no bank.  `explained` is by name, of this very payout.
    """

    payout: str
    arrives_on: date
    amount: Money
    manual: bool
    gone: bool
    came_back: bool
    lines: Money | None
    bank: Money | None
    explained: bool

    @property
    def made_up(self) -> bool:
        """Whether its lines are known and sum to it."""
        return self.manual or self.lines == self.amount

    @property
    def difference(self) -> Money:
        """What the bank got more than was sent."""
        return (self.bank or Money(0, self.amount.currency)) - self.amount

    def tied(self, *, with_bank: bool) -> bool:
        """Whether nothing about it is open; `with_bank` says whether there are statements."""
        if self.explained:
            return True
        if self.gone:
            return self.came_back
        return self.made_up and not (with_bank and self.difference)


def ties(session: Session, first_day: date, last_day: date) -> list[Tie]:
    """The payouts that arrive in the span, in order."""
    wanted = Payout.arrives_on.between(first_day, last_day)
    lines = _sums(
        session,
        select(PayoutLine.payout_id, func.sum(PayoutLine.amount_minor - PayoutLine.fee_minor))
        .join(PayoutLine.payout)
        .where(wanted)
        .group_by(PayoutLine.payout_id),
    )
    bank = _sums(
        session,
        select(BankMatch.payout_id, func.sum(BankMatch.amount_minor))
        .join(Payout, Payout.id == BankMatch.payout_id)
        .where(wanted, BankMatch.undone_at.is_(None))
        .group_by(BankMatch.payout_id),
    )
    explained = set(
        session.scalars(
            select(Discrepancy.subject)
            .join(Payout, Payout.stripe_id == Discrepancy.subject)
            .where(wanted, Discrepancy.explained_at.is_not(None))
        )
    )
    rows = session.scalars(
        select(Payout).where(wanted).order_by(Payout.arrives_on, Payout.stripe_id)
    )
    return [_tie(payout, lines, bank, explained) for payout in rows]


def has_statements(session: Session) -> bool:
    """Whether the bank's own word was ever asked for."""
    return session.scalar(select(BankStatement.id).limit(1)) is not None


def _tie(payout: Payout, lines: dict[int, int], bank: dict[int, int], explained: set[str]) -> Tie:
    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, payout.currency)

    known = lines.get(payout.id, 0) if payout.lines_at is not None else None
    return Tie(
        payout=payout.stripe_id,
        arrives_on=payout.arrives_on,
        amount=payout.amount,
        manual=not payout.automatic,
        gone=payout.state in GONE_STATES,
        came_back=payout.return_movement is not None,
        lines=money(known),
        bank=money(bank.get(payout.id)),
        explained=payout.stripe_id in explained,
    )


def _sums(session: Session, statement: object) -> dict[int, int]:
    return {row: int(minor) for row, minor in session.execute(statement)}  # type: ignore[call-overload]
