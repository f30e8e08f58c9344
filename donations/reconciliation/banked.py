"""Do payouts add up, and did they reach the bank?  From our own rows, without asking anyone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import case, func, select

from donations.payouts.models import Payout, PayoutLine
from donations.reconciliation.discrepancies import Finding, Kind
from donations.reconciliation.models import BankLine, BankMatch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sqlalchemy import Subquery
    from sqlalchemy.orm import Session

AT_BANK_WITHIN: Final = timedelta(days=7)
"""How long a payout may take to show on a statement, and a line of one to be matched."""

_CAME_BACK: Final = ("failed", "canceled")


def payouts_whose_lines_differ(session: Session) -> Iterator[Finding]:
    """Payouts all lines of which are known, and sum to something else; by how much."""
    net = func.sum(PayoutLine.amount_minor - PayoutLine.fee_minor).label("minor")
    lines = select(PayoutLine.payout_id, net).group_by(PayoutLine.payout_id).subquery()
    rows = session.execute(
        select(Payout, func.coalesce(lines.c.minor, 0))
        .outerjoin(lines, lines.c.payout_id == Payout.id)
        .where(Payout.lines_at.is_not(None))
        .where(func.coalesce(lines.c.minor, 0) != Payout.amount_minor)
    )
    for payout, minor in rows:
        yield _of_payout(Kind.PAYOUT_LINES_DIFFER, payout, int(minor) - payout.amount_minor)


def payouts_the_bank_tells_otherwise(session: Session) -> Iterator[Finding]:
    """Payouts that arrived as another amount than was sent; by how much more arrived.

    Of one that came back nothing is to stay at the bank.
    """
    arrived = _arrived()
    apart = arrived.c.minor - case((Payout.state.in_(_CAME_BACK), 0), else_=Payout.amount_minor)
    rows = session.execute(
        select(Payout, apart).join(arrived, arrived.c.payout_id == Payout.id).where(apart != 0)
    )
    for payout, minor in rows:
        yield _of_payout(Kind.PAYOUT_BANK_DIFFERS, payout, int(minor))


def payouts_not_at_the_bank(session: Session, today: date) -> Iterator[Finding]:
    """Payouts that should have arrived a week ago and stand on no statement.

    None before the first statement's first line: what came earlier is on no file we have.
    """
    first = session.scalar(select(func.min(BankLine.booked_on)))
    if first is None:
        return
    arrived = _arrived()
    rows = session.scalars(
        select(Payout)
        .outerjoin(arrived, arrived.c.payout_id == Payout.id)
        .where(
            Payout.state == "paid",
            Payout.arrives_on.between(first, today - AT_BANK_WITHIN),
            arrived.c.payout_id.is_(None),
        )
    )
    for payout in rows:
        yield _of_payout(Kind.PAYOUT_NOT_AT_BANK, payout, payout.amount_minor)


def unmatched_lines(session: Session, today: date) -> Iterator[Finding]:
    """Money that came into the bank a week ago, and nothing here says from where."""
    live = select(BankMatch.id).where(
        BankMatch.line_id == BankLine.id, BankMatch.undone_at.is_(None)
    )
    rows = session.scalars(
        select(BankLine).where(
            BankLine.amount_minor > 0,
            BankLine.dismissed_by.is_(None),
            BankLine.booked_on < today - AT_BANK_WITHIN,
            ~live.exists(),
        )
    )
    for line in rows:
        yield Finding(
            Kind.BANK_LINE_UNMATCHED, str(line.id), line.booked_on, line.amount_minor, line.currency
        )


def _of_payout(kind: Kind, payout: Payout, minor: int) -> Finding:
    return Finding(kind, payout.stripe_id, payout.arrives_on, minor, payout.currency)


def _arrived() -> Subquery:
    """What the bank shows of each payout, by matches that were not undone."""
    return (
        select(BankMatch.payout_id, func.sum(BankMatch.amount_minor).label("minor"))
        .where(BankMatch.payout_id.is_not(None), BankMatch.undone_at.is_(None))
        .group_by(BankMatch.payout_id)
        .subquery()
    )
