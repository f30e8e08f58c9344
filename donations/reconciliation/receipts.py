"""Saying what a bank line is, and booking it: the money stands at the bank from the line's own day.

What is booked is what the bank shows.  Where that is not what Stripe or the count said, the rest
stays in transit or undeposited, to be seen and explained.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from donations.kernel.errors import NotFound, ReaderError
from donations.kernel.money import Money
from donations.ledger.books import book, books_zone, hold, reverse
from donations.ledger.chart import Account, Kind
from donations.ledger.drafts import Draft, Line
from donations.payouts.models import Payout
from donations.reconciliation.models import BankLine, BankMatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from donations.giving.offline_models import OfflineBatch

LONGEST_REASON: Final = 200
_NOON: Final = time(12)
_KEY_SHOWN: Final = 40


class CannotMatch(ReaderError):
    """A line that cannot be what somebody said it is.

    `reason` is one of `nothing_chosen`, `line_taken`, `line_dismissed`, `currency`, `sum`,
    `already_there`, `not_closed`, `not_back`, `no_reason`.  `chosen` is what the choice sums to.
    """

    def __init__(self, reason: str, chosen: Money | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.chosen = chosen


def match_by_hand(
    session: Session,
    line: BankLine,
    payouts: Sequence[Payout],
    batches: Sequence[OfflineBatch],
    *,
    by: str,
    now: datetime,
) -> None:
    """Say that a line is these payouts or batches; `by` is a login.  Raises `CannotMatch`.

    One alone is booked as the line shows it.  Several must come to exactly what the line shows.
    Money out is what the bank took back of one payout that failed.
    """
    hold(session)
    _refuse_if_taken(session, line)
    chosen: list[Payout | OfflineBatch] = [*payouts, *batches]
    if not chosen:
        raise CannotMatch("nothing_chosen")
    if any(one.currency != line.currency for one in chosen):
        raise CannotMatch("currency")
    for one in chosen:
        _refuse_if_there(session, line, one)
    amounts = [_stated(one) for one in chosen]
    if len(chosen) == 1:
        amounts = [line.amount_minor]
    elif sum(amounts) != line.amount_minor:
        raise CannotMatch("sum", Money(sum(amounts), line.currency))
    for one, amount in zip(chosen, amounts, strict=True):
        receive(session, line, one, amount, by=by, now=now)


def receive(
    session: Session,
    line: BankLine,
    what: Payout | OfflineBatch,
    amount_minor: int,
    *,
    by: str,
    now: datetime,
) -> BankMatch:
    """Record and book that so much of a line is a payout or a batch; `by` is a rule or a login."""
    count = select(func.count()).select_from(BankMatch).where(BankMatch.line_id == line.id)
    source = f"bank:{line.key[:_KEY_SHOWN]}:{1 + (session.scalar(count) or 0)}"
    is_payout = isinstance(what, Payout)
    against = Account.IN_TRANSIT if is_payout else Account.UNDEPOSITED
    draft = Draft(
        source=source,
        kind=Kind.BANK_RECEIPT,
        charged=Money(amount_minor, line.currency),
        occurred_at=_noon(session, line),
        lines=(
            Line(Account.BANK, line.currency, amount_minor),
            Line(against, line.currency, -amount_minor),
        ),
        memo=_name(what),
    )
    book(session, draft, now=now)
    match = BankMatch(
        line_id=line.id,
        payout_id=what.id if is_payout else None,
        batch_id=None if is_payout else what.id,
        amount_minor=amount_minor,
        source=source,
        by=by,
        at=now,
    )
    session.add(match)
    session.flush()
    return match


def undo(session: Session, line: BankLine, *, by: str, now: datetime) -> None:
    """Take back what was said of a line; the books are put right by a reversal.

    Raises `NotFound` if nothing was said of it.
    """
    hold(session)
    matches = _standing(session, line)
    if not matches:
        raise NotFound
    for match in matches:
        reverse(
            session,
            match.source,
            memo=f"Bank line unmatched by {by}"[:200],
            occurred_at=_noon(session, line),
            now=now,
        )
        match.undone_by, match.undone_at = by, now
    session.flush()


def dismiss(session: Session, line: BankLine, *, why: str, by: str) -> None:
    """Say that a line is none of the business of these books.  Raises `CannotMatch`."""
    _refuse_if_taken(session, line)
    reason = " ".join(why.split())[:LONGEST_REASON]
    if not reason:
        raise CannotMatch("no_reason")
    line.dismissed_by, line.dismissed_why = by, reason


def restore(line: BankLine) -> None:
    """Have a dismissed line looked at again."""
    line.dismissed_by = line.dismissed_why = None


def _refuse_if_taken(session: Session, line: BankLine) -> None:
    if line.dismissed_by is not None:
        raise CannotMatch("line_dismissed")
    if _standing(session, line):
        raise CannotMatch("line_taken")


def _refuse_if_there(session: Session, line: BankLine, what: Payout | OfflineBatch) -> None:
    """Money arrives once, and goes back only of what failed."""
    if isinstance(what, Payout):
        column, of = BankMatch.payout_id, what.id
        if line.amount_minor < 0 and what.state not in {"failed", "canceled"}:
            raise CannotMatch("not_back")
    else:
        column, of = BankMatch.batch_id, what.id
        if what.closed_at is None:
            raise CannotMatch("not_closed")
    amounts = session.scalars(
        select(BankMatch.amount_minor).where(column == of, BankMatch.undone_at.is_(None))
    )
    if any((amount < 0) == (line.amount_minor < 0) for amount in amounts):
        raise CannotMatch("already_there")


def _standing(session: Session, line: BankLine) -> list[BankMatch]:
    statement = select(BankMatch).where(BankMatch.line_id == line.id, BankMatch.undone_at.is_(None))
    return list(session.scalars(statement.order_by(BankMatch.id)))


def _stated(what: Payout | OfflineBatch) -> int:
    return what.amount_minor if isinstance(what, Payout) else what.expected_minor


def _name(what: Payout | OfflineBatch) -> str:
    return what.stripe_id if isinstance(what, Payout) else what.public_id


def _noon(session: Session, line: BankLine) -> datetime:
    """A moment whose accounting date is the line's own day, in whatever zone the books are kept."""
    return datetime.combine(line.booked_on, _NOON, books_zone(session)).astimezone(UTC)
