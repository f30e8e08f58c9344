"""Bank lines found to be the arrival of payouts: by rule where there is no doubt, else by a person.

Two rules: the line quotes the payout's trace id or number; or it is the only line of its amount
about the day the payout should arrive, and the payout the only one of that amount about the day of
the line.  Anything less is a suggestion.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.kernel.money import Money
from donations.ledger.books import hold
from donations.payouts.models import Payout
from donations.reconciliation.candidates import Candidate, candidates, open_lines, open_payouts
from donations.reconciliation.models import BankMatch
from donations.reconciliation.receipts import receive
from donations.reconciliation.references import references_in
from donations.reconciliation.statements import TEXT_COLUMN
from donations.vault.sealed import open_operational

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from donations.reconciliation.models import BankLine
    from donations.vault.keys import MasterKey

TRACE: Final = "trace"
AMOUNT_AND_DATE: Final = "amount_and_date"


@dataclass(frozen=True, slots=True)
class Tied:
    """A line that is now known to be a payout."""

    line_id: int
    booked_on: date
    amount: Money
    payout: str
    rule: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """A line nobody has said anything of, and what it might be, likeliest first."""

    line_id: int
    booked_on: date
    amount: Money
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Matching:
    """What came of looking at every open line."""

    tied: tuple[Tied, ...]
    unsure: tuple[Unsure, ...]


def match_lines(session: Session, master: MasterKey, *, now: datetime) -> Matching:
    """Tie every open line that is a payout without doubt, in the caller's write transaction."""
    hold(session)
    lines = open_lines(session)
    _find_references(session, master, lines)
    payouts = open_payouts(session)
    tied = _by_trace(session, lines, payouts, now)
    tied += _by_amount(session, lines, payouts, now)
    done = {one.line_id for one in tied}
    left = [line for line in lines if line.id not in done]
    found = candidates(session, left)
    unsure = (Unsure(line.id, line.booked_on, line.amount, found[line.id]) for line in left)
    return Matching(tuple(tied), tuple(unsure))


def payout_bank_amount(session: Session, payout: Payout) -> Money | None:
    """What the bank shows of a payout, less what it took back; None while no line is matched."""
    found = session.scalars(
        select(BankMatch.amount_minor).where(
            BankMatch.payout_id == payout.id, BankMatch.undone_at.is_(None)
        )
    ).all()
    return Money(sum(found), payout.currency) if found else None


def _find_references(session: Session, master: MasterKey, lines: Sequence[BankLine]) -> None:
    """Look again into lines that quoted nothing known: their payout may be known by now."""
    texts = {
        line.id: open_operational(master, TEXT_COLUMN, line.text_sealed)
        for line in lines
        if line.reference is None
    }
    found = references_in(session, texts.values())
    for line in lines:
        if line.reference is None:
            line.reference = found.get(texts[line.id])


def _by_trace(
    session: Session, lines: Sequence[BankLine], payouts: list[Payout], now: datetime
) -> list[Tied]:
    quoted = {name: payout for payout in payouts for name in _names(payout)}
    incoming = [line for line in lines if line.amount_minor > 0 and line.reference in quoted]
    times = Counter(quoted[str(line.reference)].id for line in incoming)
    tied = []
    for line in incoming:
        payout = quoted[str(line.reference)]
        if times[payout.id] == 1 and line.currency == payout.currency:
            tied.append(_tie(session, line, payout, payouts, TRACE, now))
    return tied


def _by_amount(
    session: Session, lines: Sequence[BankLine], payouts: list[Payout], now: datetime
) -> list[Tied]:
    free = [line for line in lines if line.reference is None and line.amount_minor > 0]
    pairs = [
        (line, payout)
        for payout in payouts
        for line in free
        if Candidate.of_payout(payout).fits(line)
    ]
    of_line = Counter(line.id for line, _ in pairs)
    of_payout = Counter(payout.id for _, payout in pairs)
    return [
        _tie(session, line, payout, payouts, AMOUNT_AND_DATE, now)
        for line, payout in pairs
        if of_line[line.id] == of_payout[payout.id] == 1
    ]


def _tie(
    session: Session,
    line: BankLine,
    payout: Payout,
    payouts: list[Payout],
    rule: str,
    now: datetime,
) -> Tied:
    receive(session, line, payout, line.amount_minor, by=rule, now=now)
    payouts.remove(payout)
    return Tied(line.id, line.booked_on, line.amount, payout.stripe_id, rule)


def _names(payout: Payout) -> tuple[str, ...]:
    return (payout.stripe_id, *([payout.trace_id] if payout.trace_id else []))
