"""Where the money of a gift went: from its movements to payouts, and on to the bank's own lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from donations.ledger.placing import PLACED
from donations.payouts.models import Payout, PayoutLine
from donations.reconciliation.models import BankLine, BankMatch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from donations.giving.models import Gift


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """One step to the bank: the movement's payout (None for a batch), and the bank line, if any."""

    movement: str | None
    payout: str | None
    arrives_on: date | None
    line_id: int | None
    booked_on: date | None


def whereabouts(session: Session, gift: Gift, sources: Sequence[str]) -> tuple[Whereabouts, ...]:
    """The payouts of the gift's movements and its batch, with the bank lines matched to them."""
    movements = {source.removesuffix(PLACED) for source in sources}
    paid_out = (
        select(
            PayoutLine.movement,
            Payout.stripe_id,
            Payout.arrives_on,
            BankLine.id,
            BankLine.booked_on,
        )
        .join(Payout, Payout.id == PayoutLine.payout_id)
        .outerjoin(BankMatch, and_(BankMatch.payout_id == Payout.id, BankMatch.undone_at.is_(None)))
        .outerjoin(BankLine, BankLine.id == BankMatch.line_id)
        .where(PayoutLine.movement.in_(movements))
        .order_by(Payout.arrives_on, PayoutLine.id, BankMatch.id)
    )
    found = [Whereabouts(*row) for row in session.execute(paid_out)]
    if gift.batch_id is not None:
        lines = session.execute(
            select(BankLine.id, BankLine.booked_on)
            .join(BankMatch, BankMatch.line_id == BankLine.id)
            .where(BankMatch.batch_id == gift.batch_id, BankMatch.undone_at.is_(None))
            .order_by(BankMatch.id)
        )
        found += [Whereabouts(None, None, None, number, day) for number, day in lines]
    return tuple(found)
