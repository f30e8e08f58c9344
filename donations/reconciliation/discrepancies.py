"""Differences somebody must see to: found once, cleared by themselves, or explained by name.

An explanation holds for what was explained: when the same thing differs by another amount or in
another way, that is a new difference, and the explained one stays as it was.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import CursorResult, func, select, update

from donations.kernel.errors import NotFound, ReaderError
from donations.reconciliation.models import Discrepancy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

LONGEST_EXPLANATION: Final = 500
_AT_ONCE: Final = 500


class Kind(StrEnum):
    """What does not agree with what."""

    INVARIANT_BROKEN = "invariant_broken"  # the books contradict themselves
    BALANCE_DIFFERS = "balance_differs"
    IN_STRIPE_NOT_HERE = "in_stripe_not_here"
    HERE_NOT_IN_STRIPE = "here_not_in_stripe"
    PAYOUT_BANK_DIFFERS = "payout_bank_differs"
    PAYOUT_LINES_DIFFER = "payout_lines_differ"
    PAYOUT_NOT_AT_BANK = "payout_not_at_bank"
    BANK_LINE_UNMATCHED = "bank_line_unmatched"
    LATE_INTO_CLOSED = "late_into_closed"
    NO_FUND = "no_fund"
    MEMBERSHIP_DIFFERS = "membership_differs"
    REFUND_DIFFERS = "refund_differs"
    DISPUTE_DIFFERS = "dispute_differs"


AUDITED: Final = frozenset(Kind) - {Kind.INVARIANT_BROKEN}
"""The kinds a drift audit looks for, all of them each time."""

ALARMING: Final = (
    Kind.INVARIANT_BROKEN,
    Kind.BALANCE_DIFFERS,
    Kind.IN_STRIPE_NOT_HERE,
    Kind.PAYOUT_BANK_DIFFERS,
)
"""The kinds nobody should have to look for: somebody is written to."""


class Unexplained(ReaderError):
    """An explanation without words, or with more than there is room for."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference as an audit sees it.

    `subject` is what it is about, never a person: a movement, a payout, a public id of ours, a
    currency.  `amount_minor` is by how much, in minor units, where that can be said.  `detail` is
    in codes, for the office to put into words.  `posted_on` is the accounting date it belongs to.
    """

    kind: Kind
    subject: str
    posted_on: date
    amount_minor: int | None = None
    currency: str | None = None
    detail: str | None = None

    @property
    def key(self) -> str:
        """Its name: found again under it, it is the same one."""
        return f"{self.kind.value}:{self.subject}"


def found(session: Session, findings: Iterable[Finding], *, now: datetime) -> list[Discrepancy]:
    """Keep what an audit found, in the caller's transaction; those that are new or open again.

    Found again, a difference keeps `found_at` and moves `seen_at`; one that had cleared is open
    again, and found anew.
    """
    fresh: list[Discrepancy] = []
    by_key = {finding.key: finding for finding in findings}
    for keys in _batches(sorted(by_key)):
        rows = session.scalars(select(Discrepancy).where(Discrepancy.key.in_(keys)))
        known = {row.key: row for row in rows}
        for key in keys:
            row = _kept(known.get(key), by_key[key], now)
            if row is None:
                _set_aside(session, known.get(key), now)
                row = _new(by_key[key], now)
                session.add(row)
            if row.found_at == now:
                fresh.append(row)
        session.flush()
    return fresh


def clear_unseen(session: Session, kinds: Iterable[Kind], *, now: datetime) -> int:
    """Clear what an audit of `kinds` at `now` did not find any more; how many those were."""
    statement = (
        update(Discrepancy)
        .where(
            Discrepancy.kind.in_([kind.value for kind in kinds]),
            Discrepancy.cleared_at.is_(None),
            Discrepancy.seen_at < now,
        )
        .values(cleared_at=now)
    )
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def explain(session: Session, discrepancy_id: int, text: str, by: str, *, now: datetime) -> bool:
    """Explain an open difference in `text`, by the login `by`; false if it is not open any more.

    Raises `Unexplained` and `NotFound`.
    """
    words = " ".join(text.split())
    if not words or len(words) > LONGEST_EXPLANATION:
        raise Unexplained
    row = session.get(Discrepancy, discrepancy_id, with_for_update=True)
    if row is None:
        raise NotFound
    if row.cleared_at is not None or row.explained_at is not None:
        return False
    row.explained_at, row.explained_by, row.explanation = now, by, words
    return True


def is_open() -> ColumnElement[bool]:
    """Neither cleared nor explained."""
    return Discrepancy.cleared_at.is_(None) & Discrepancy.explained_at.is_(None)


def open_in(session: Session, first_day: date, last_day: date) -> Sequence[Discrepancy]:
    """What is open of the accounting dates from `first_day` to `last_day`, both included."""
    return session.scalars(
        select(Discrepancy)
        .where(is_open(), Discrepancy.posted_on.between(first_day, last_day))
        .order_by(Discrepancy.kind, Discrepancy.posted_on, Discrepancy.id)
    ).all()


def open_counts(session: Session) -> Counter[str]:
    """How many are open, by kind."""
    rows = session.execute(
        select(Discrepancy.kind, func.count()).where(is_open()).group_by(Discrepancy.kind)
    )
    return Counter({kind: int(count) for kind, count in rows})


def _kept(row: Discrepancy | None, finding: Finding, now: datetime) -> Discrepancy | None:
    """`row`, brought up to what was found; None if it cannot stand for it."""
    if row is None:
        return None
    says = (finding.amount_minor, finding.currency, finding.detail)
    if row.explained_at is not None and says != (row.amount_minor, row.currency, row.detail):
        return None
    if row.cleared_at is not None:
        row.cleared_at, row.found_at, row.posted_on = None, now, finding.posted_on
    row.amount_minor, row.currency, row.detail = says
    row.seen_at = now
    return row


def _set_aside(session: Session, row: Discrepancy | None, now: datetime) -> None:
    """Keep an explained one under a name of its own, and clear it: what differs now is another."""
    if row is not None:
        row.key = f"{row.key}#{row.id}"
        row.cleared_at = row.cleared_at or now
        session.flush()


def _new(finding: Finding, now: datetime) -> Discrepancy:
    return Discrepancy(
        key=finding.key,
        kind=finding.kind.value,
        subject=finding.subject,
        amount_minor=finding.amount_minor,
        currency=finding.currency,
        detail=finding.detail,
        posted_on=finding.posted_on,
        found_at=now,
        seen_at=now,
    )


def _batches(keys: list[str]) -> Iterator[list[str]]:
    for first in range(0, len(keys), _AT_ONCE):
        yield keys[first : first + _AT_ONCE]
