"""What must be true of the books whatever happens, checked in the database itself.

Each check is one statement or reads one snapshot, so bookings that go on meanwhile disturb none.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from donations.giving.models import Gift
from donations.ledger.chart import Account, Kind
from donations.ledger.days import days_that_differ
from donations.ledger.deferrals import owed
from donations.ledger.models import Books, Entry, Posting, Unbalanced
from donations.ledger.placing import PLACED
from donations.payouts.models import Payout
from donations.payouts.totals import payouts_that_differ
from donations.reconciliation.banked import payouts_whose_lines_differ
from donations.reconciliation.models import BankMatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import InstrumentedAttribute, Session

_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Invariant:
    """One thing that must be true; `detail` names where it is not, and is empty if it is."""

    name: str
    well: bool
    detail: str


def checks(session: Session) -> list[Invariant]:
    """Every invariant.  Ends the transaction that is open, and leaves none."""
    _snapshot(session)
    found = []
    for name, look in CHECKS.items():
        wrong = look(session)
        found.append(Invariant(name, not wrong, _listed(wrong)))
    session.rollback()
    return found


def _entries_balance(session: Session) -> list[str]:
    lines = (
        select(Posting.entry_id)
        .group_by(Posting.entry_id, Posting.currency)
        .having(func.sum(Posting.amount_minor) != 0)
    )
    return _numbers(session, lines)


def _entries_have_postings(session: Session) -> list[str]:
    empty = ~select(Posting.id).where(Posting.entry_id == Entry.id).exists()
    return _numbers(session, select(Entry.id).where(empty))


def _nothing_waits_to_balance(session: Session) -> list[str]:
    return [str(entry_id) for entry_id in session.scalars(select(Unbalanced.entry_id))]


def _totals_are_sums(session: Session) -> list[str]:
    return [day.isoformat() for day in days_that_differ(session)]


def _payout_totals_are_sums(session: Session) -> list[str]:
    return payouts_that_differ(session)


def _numbers_have_no_gap(session: Session) -> list[str]:
    last = select(Books.last_number).scalar_subquery()
    count, highest, kept = session.execute(
        select(func.count(Entry.id), func.coalesce(func.max(Entry.number), 0), last)
    ).one()
    return [] if count == highest == kept else [f"{count}/{highest}/{kept}"]


def _owed_is_owed(session: Session) -> list[str]:
    """The liability is what the cohorts have left, and none has less than nothing left."""
    cohorts = owed(session)
    left: Counter[str] = Counter()
    for one in cohorts:
        left[one.cohort.currency] += one.remaining
    for currency, minor in _standing(session, Account.DEFERRED).items():
        left[currency] += minor
    below = [str(one.cohort.begins) for one in cohorts if one.remaining < 0]
    return [*below, *(currency for currency, minor in left.items() if minor)]


def _payouts_are_their_lines(session: Session) -> list[str]:
    return [finding.subject for finding in payouts_whose_lines_differ(session)]


def _in_transit_is_sent_and_not_arrived(session: Session) -> list[str]:
    sent: Counter[str] = Counter()
    booked = _is_booked(Payout.movement, Kind.PAYOUT)
    back = _is_booked(Payout.return_movement, Kind.PAYOUT_FAILED)
    arrived = (
        select(Payout.currency, -func.sum(BankMatch.amount_minor))
        .join(BankMatch, BankMatch.payout_id == Payout.id)
        .where(BankMatch.undone_at.is_(None))
    )
    for statement in (
        select(Payout.currency, func.sum(Payout.amount_minor)).where(booked),
        select(Payout.currency, -func.sum(Payout.amount_minor)).where(back),
        arrived,
    ):
        for currency, minor in session.execute(statement.group_by(Payout.currency)):
            sent[currency] += int(minor)
    for currency, minor in _standing(session, Account.IN_TRANSIT).items():
        sent[currency] -= minor
    return [currency for currency, minor in sorted(sent.items()) if minor]


def _matches_have_entries(session: Session) -> list[str]:
    booked = select(Entry.id).where(Entry.source == BankMatch.source).exists()
    return [str(one) for one in session.scalars(select(BankMatch.id).where(~booked))]


def _gifts_are_booked_once(session: Session) -> list[str]:
    """A booked gift has its entry, two never stand at once, and every entry has its gift."""
    back = aliased(Entry)
    of_gifts = (
        select(
            Entry.gift_reference,
            func.count(Entry.id).label("entries"),
            (func.count(Entry.id) - func.count(back.id)).label("standing"),
        )
        .outerjoin(back, back.reverses_id == Entry.id)
        .where(Entry.kind == Kind.GIFT.value)
        .group_by(Entry.gift_reference)
        .subquery()
    )
    entries = func.coalesce(of_gifts.c.entries, 0)
    gifts = (
        select(Gift.public_id)
        .outerjoin(of_gifts, of_gifts.c.gift_reference == Gift.public_id)
        .where(or_(Gift.booked_at.is_(None) != (entries == 0), of_gifts.c.standing > 1))
    )
    strays = (
        select(of_gifts.c.gift_reference)
        .outerjoin(Gift, Gift.public_id == of_gifts.c.gift_reference)
        .where(Gift.id.is_(None))
    )
    return [str(one) for part in (gifts, strays) for one in session.scalars(part)]


CHECKS: Final[dict[str, Callable[[Session], list[str]]]] = {
    "entries_balance": _entries_balance,
    "entries_have_postings": _entries_have_postings,
    "nothing_waits_to_balance": _nothing_waits_to_balance,
    "totals_are_sums": _totals_are_sums,
    "payout_totals_are_sums": _payout_totals_are_sums,
    "numbers_have_no_gap": _numbers_have_no_gap,
    "owed_is_owed": _owed_is_owed,
    "payouts_are_their_lines": _payouts_are_their_lines,
    "in_transit_is_sent": _in_transit_is_sent_and_not_arrived,
    "matches_have_entries": _matches_have_entries,
    "gifts_are_booked_once": _gifts_are_booked_once,
}
"""What is checked, by name."""


def _numbers(session: Session, entry_ids: Select[int]) -> list[str]:
    """The numbers of entries, by which accountants know them."""
    numbers = select(Entry.number).where(Entry.id.in_(entry_ids)).order_by(Entry.number)
    return [str(number) for number in session.scalars(numbers)]


def _is_booked(movement: InstrumentedAttribute[str | None], kind: Kind) -> ColumnElement[bool]:
    """Whether a movement stands in the books as `kind`, at once or placed since."""
    sources = or_(Entry.source == movement, Entry.source == movement + PLACED)
    return select(Entry.id).where(sources, Entry.kind == kind.value).exists()


def _standing(session: Session, account: Account) -> dict[str, int]:
    rows = session.execute(
        select(Posting.currency, func.sum(Posting.amount_minor))
        .where(Posting.account == account.value)
        .group_by(Posting.currency)
    )
    return {currency: int(minor) for currency, minor in rows}


def _listed(wrong: list[str]) -> str:
    more = len(wrong) - _SHOWN
    return ", ".join(wrong[:_SHOWN]) + (f" +{more}" if more > 0 else "")


def _snapshot(session: Session) -> None:
    """Begin to read, on either database, as everything stood at one moment."""
    session.rollback()
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
