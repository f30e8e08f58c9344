"""What proves a month: pairs of figures from two places, which must be the same.

The sums of days (`ledger_day`) stand on one side, the postings or the other tables on the other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import case, func, select

from donations.kernel.money import Money
from donations.ledger.chart import Account
from donations.ledger.deferrals import owed
from donations.ledger.models import Entry, Posting
from donations.payouts.models import Payout
from donations.reconciliation.models import BankMatch
from donations.reports.sums import before, sums, up_to, within
from donations.reports.table import Column, Row, Section, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session

    from donations.reports.table import Question

SAYS: Final = {
    "debits_are_credits": "The debits of the month’s entries are its credits",
    "entries_balance": "Entries of the month that do not sum to nothing",
    "opening_and_movements": "Opening and the month’s postings are the closing balance",
    "stripe_roll_forward": "Opening and movements of the Stripe balance by kind are its closing",
    "payouts_at_bank": "Payouts that arrived in the month stand on the bank’s statements",
    "deferred_waterfall": "Deferred revenue is what the cohorts of memberships are still owed",
}
GONE_STATES: Final = ("failed", "canceled")
"""States of a payout that never stays at the bank."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Two figures that must be one: minor units, or a number of things where `currency` is None."""

    name: str
    subject: str
    currency: str | None
    left: int
    right: int

    @property
    def difference(self) -> int:
        """What they differ by: nothing, or something is wrong."""
        return self.left - self.right


def proofs(session: Session, question: Question) -> list[Proof]:
    """Every proof of a month, in order."""
    return [
        *_debits_are_credits(session, question),
        *_entries_balance(session, question),
        *_opening_and_movements(session, question),
        *_stripe_roll_forward(session, question),
        *payouts_at_bank(session, question),
        *_deferred_waterfall(session, question),
    ]


def proofs_section(found: Iterable[Proof]) -> Section:
    """The proofs as a table."""
    columns = (
        Column("proof", "Proof"),
        Column("about", "Account", Shape.WORD, "ACCOUNTS"),
        Column("currency", "Currency"),
        Column("one_figure", "One figure", Shape.MONEY),
        Column("the_other", "The other", Shape.MONEY),
        Column("difference", "Difference", Shape.DIFFERENCE),
    )
    return Section("proofs", "Proofs", columns, [_row(proof) for proof in found])


def _row(proof: Proof) -> Row:
    figures: tuple[Any, ...] = (proof.left, proof.right, proof.difference)
    if proof.currency is not None:
        figures = tuple(Money(minor, proof.currency) for minor in figures)
    return Row((SAYS[proof.name], proof.subject, (proof.currency or "").upper(), *figures))


def _debits_are_credits(session: Session, question: Question) -> Iterator[Proof]:
    debit = case((Posting.amount_minor > 0, Posting.amount_minor), else_=0)
    rows = session.execute(
        select(
            Posting.currency,
            func.sum(debit),
            func.sum(debit - Posting.amount_minor),
        )
        .join(Posting.entry)
        .where(*_of_month(question))
        .group_by(Posting.currency)
        .order_by(Posting.currency)
    )
    for currency, debits, credits_ in rows:
        yield Proof("debits_are_credits", "", currency, int(debits), int(credits_))


def _entries_balance(session: Session, question: Question) -> Iterator[Proof]:
    unbalanced = (
        select(Posting.entry_id)
        .join(Posting.entry)
        .where(*_of_month(question))
        .group_by(Posting.entry_id, Posting.currency)
        .having(func.sum(Posting.amount_minor) != 0)
        .subquery()
    )
    count = session.scalar(select(func.count()).select_from(unbalanced)) or 0
    yield Proof("entries_balance", "", None, count, 0)


def _opening_and_movements(session: Session, question: Question) -> Iterator[Proof]:
    opening = _balances(session, question, before(question))
    closing = _balances(session, question, up_to(question))
    moved = session.execute(
        select(Posting.account, Posting.currency, func.sum(Posting.amount_minor))
        .join(Posting.entry)
        .where(*_of_month(question))
        .group_by(Posting.account, Posting.currency)
    )
    for account, currency, minor in moved:
        opening[account, currency] += int(minor)
    for account, currency in sorted(opening.keys() | closing.keys()):
        both = opening[account, currency], closing[account, currency]
        yield Proof("opening_and_movements", account, currency, *both)


def _stripe_roll_forward(session: Session, question: Question) -> Iterator[Proof]:
    def at_stripe(row: Any) -> Any:  # noqa: ANN401 - a table's columns
        return row.account == Account.STRIPE_BALANCE.value

    opening = _balances(session, question, before(question), at_stripe)
    for one in sums(
        session, ("currency", "kind"), at_stripe, within(question), as_of=question.as_of
    ):
        opening[Account.STRIPE_BALANCE.value, one.by[0]] += one.minor
    closing = _balances(session, question, up_to(question), at_stripe)
    for account, currency in sorted(opening.keys() | closing.keys()):
        both = opening[account, currency], closing[account, currency]
        yield Proof("stripe_roll_forward", account, currency, *both)


def payouts_at_bank(session: Session, question: Question) -> Iterator[Proof]:
    """What was paid out against what the bank shows, by currency."""
    seen = (
        select(BankMatch.payout_id, func.sum(BankMatch.amount_minor).label("minor"))
        .where(BankMatch.undone_at.is_(None))
        .group_by(BankMatch.payout_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Payout.currency,
            func.sum(Payout.amount_minor),
            func.sum(func.coalesce(seen.c.minor, 0)),
        )
        .outerjoin(seen, seen.c.payout_id == Payout.id)
        .where(
            Payout.arrives_on.between(question.first_day, question.last_day),
            Payout.state.not_in(GONE_STATES),
        )
        .group_by(Payout.currency)
        .order_by(Payout.currency)
    )
    for currency, sent, arrived in rows:
        yield Proof("payouts_at_bank", "", currency, int(sent), int(arrived))


def _deferred_waterfall(session: Session, question: Question) -> Iterator[Proof]:
    booked: Counter[str] = Counter()
    for (_, currency), minor in _balances(
        session, question, up_to(question), lambda row: row.account == Account.DEFERRED.value
    ).items():
        booked[currency] -= minor
    remaining: Counter[str] = Counter()
    for one in owed(session, through=question.last):
        remaining[one.cohort.currency] += one.remaining
    for currency in sorted(booked.keys() | remaining.keys()):
        both = booked[currency], remaining[currency]
        yield Proof("deferred_waterfall", Account.DEFERRED.value, currency, *both)


def _balances(session: Session, question: Question, *where: Any) -> Counter[tuple[str, str]]:  # noqa: ANN401
    found: Counter[tuple[str, str]] = Counter()
    for one in sums(session, ("account", "currency"), *where, as_of=question.as_of):
        found[one.by[0], one.by[1]] = one.minor
    return found


def _of_month(question: Question) -> tuple[Any, ...]:
    return (
        Entry.posted_on.between(question.first_day, question.last_day),
        Entry.number <= question.as_of,
    )
