"""What an open bank line might be: payouts on their way, and closed batches not yet at the bank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Self

from sqlalchemy import or_, select

from donations.giving.offline_models import OfflineBatch
from donations.kernel.money import Money
from donations.payouts.models import Payout
from donations.reconciliation.models import BankLine, BankMatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import InstrumentedAttribute, Session

EARLIEST: Final = timedelta(days=-1)
LATEST: Final = timedelta(days=5)
ON_ITS_WAY: Final = ("paid", "in_transit")
RETURNED: Final = ("failed", "canceled")
SUGGESTED: Final = 5
_FAR: Final = timedelta(days=40)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A payout or a batch: `name` is the payout's id at Stripe, or the batch's number with us.

    `due_on` is when it should be on a statement.  What a failed payout gives back is negative.
    """

    name: str
    is_batch: bool
    amount: Money
    due_on: date
    reference: str | None = None
    state: str = ""

    @classmethod
    def of_payout(cls, payout: Payout) -> Self:
        """A payout as something a line might be."""
        return cls(
            payout.stripe_id,
            False,  # noqa: FBT003 - no batch
            payout.amount,
            payout.arrives_on,
            payout.trace_id,
            payout.state,
        )

    def fits(self, line: BankLine) -> bool:
        """Whether a line could be its arrival: same money, about the day."""
        about = self.due_on + EARLIEST <= line.booked_on <= self.due_on + LATEST
        under_way = self.is_batch or self.state in ON_ITS_WAY
        return under_way and about and line.amount == self.amount

    def distance(self, line: BankLine) -> tuple[int, int] | None:
        """How unlike a line it is, smallest first; None if it cannot be."""
        if self.amount.currency != line.currency:
            return None
        days = abs((line.booked_on - self.due_on).days)
        if line.reference in {self.name, self.reference} and line.reference:
            return 0, days
        if days > _FAR.days or line.amount_minor != self._signed(line):
            return None
        return 1, days

    def _signed(self, line: BankLine) -> int:
        gone_back = self.state in RETURNED and line.amount_minor < 0
        return -self.amount.minor if gone_back else self.amount.minor


def open_lines(session: Session, limit: int | None = None) -> list[BankLine]:
    """Lines nobody has matched or dismissed, oldest first; the latest `limit` of them if given."""
    matched = select(BankMatch.line_id).where(BankMatch.undone_at.is_(None))
    statement = select(BankLine).where(BankLine.id.not_in(matched), BankLine.dismissed_by.is_(None))
    if limit is not None:
        latest = statement.order_by(BankLine.booked_on.desc(), BankLine.id.desc()).limit(limit)
        return list(reversed(session.scalars(latest).all()))
    return list(session.scalars(statement.order_by(BankLine.booked_on, BankLine.id)))


def open_payouts(session: Session) -> list[Payout]:
    """Payouts that are on no bank line yet, oldest first."""
    return list(
        session.scalars(
            select(Payout)
            .where(Payout.id.not_in(_matched(BankMatch.payout_id)))
            .order_by(Payout.arrives_on, Payout.id)
        )
    )


def candidates(session: Session, lines: Sequence[BankLine]) -> dict[int, tuple[Candidate, ...]]:
    """For each line what it might be, the likeliest first."""
    if not lines:
        return {}
    known = [*_payouts_about(session, lines), *open_batches(session)]
    return {line.id: _nearest(line, known) for line in lines}


def open_batches(session: Session) -> list[Candidate]:
    """Closed batches that are on no bank line yet, with what was booked of them."""
    batches = session.scalars(
        select(OfflineBatch)
        .where(
            OfflineBatch.closed_at.is_not(None),
            OfflineBatch.id.not_in(_matched(BankMatch.batch_id)),
        )
        .order_by(OfflineBatch.banked_on, OfflineBatch.id)
    )
    return [
        Candidate(
            batch.public_id,
            True,  # noqa: FBT003 - a batch
            Money(batch.expected_minor, batch.currency),
            batch.banked_on,
        )
        for batch in batches
    ]


def _nearest(line: BankLine, known: Iterable[Candidate]) -> tuple[Candidate, ...]:
    found = [(distance, one) for one in known if (distance := one.distance(line)) is not None]
    found.sort(key=lambda each: (each[0], each[1].name))
    return tuple(one for _, one in found[:SUGGESTED])


def _payouts_about(session: Session, lines: Sequence[BankLine]) -> list[Candidate]:
    """Payouts open, or returned by the bank after they had arrived, about the days of the lines."""
    first = min(line.booked_on for line in lines) - _FAR
    last = max(line.booked_on for line in lines) + _FAR
    quoted = {line.reference for line in lines if line.reference}
    about: ColumnElement[bool] = Payout.arrives_on.between(first, last) & or_(
        Payout.id.not_in(_matched(BankMatch.payout_id)), Payout.state.in_(RETURNED)
    )
    if quoted:
        about |= Payout.trace_id.in_(quoted) | Payout.stripe_id.in_(quoted)
    return [Candidate.of_payout(one) for one in session.scalars(select(Payout).where(about))]


def _matched(column: InstrumentedAttribute[int | None]) -> Select[int | None]:
    """The payouts or batches that are on a bank line."""
    return select(column).where(BankMatch.undone_at.is_(None), column.is_not(None))
