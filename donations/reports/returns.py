"""Which refund or dispute each return in the books belongs to, and what a gift's fee was.

Stripe's ids are sealed, so a return is named by its gift and counted: `…-R1` is a gift's first
refund, `…-D1` its first dispute.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import Boolean, and_, case, exists, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from donations.giving.models import Dispute, Gift, Refund
from donations.ledger.chart import Account, Kind
from donations.ledger.models import RETURNED, Entry, Posting
from donations.reports.settlements import in_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from donations.reports.settlements import Place
    from donations.reports.table import Question

RETURNS: Final = (
    *(Kind.REFUND, Kind.REFUND_FAILED, Kind.DISPUTE, Kind.DISPUTE_REVERSED),
    Kind.CHARGE_FAILED,
)
RETURN_ACCOUNTS: Final = (Account.REFUNDS, Account.DISPUTES, Account.DISPUTE_FEES)
_LETTERS: Final[tuple[tuple[type[Refund | Dispute], str], ...]] = ((Refund, "R"), (Dispute, "D"))
_OF_KIND: Final[dict[Kind, type[Refund | Dispute]]] = {
    Kind.REFUND: Refund,
    Kind.REFUND_FAILED: Refund,
    Kind.DISPUTE: Dispute,
    Kind.DISPUTE_REVERSED: Dispute,
}


@dataclass(frozen=True, slots=True)
class Original:
    """A gift that money of went back: when given and booked, its fee in the settlement currency."""

    received_at: datetime
    charged_minor: int
    posted_on: date | None
    fee_minor: int


@dataclass(frozen=True, slots=True)
class Named:
    """A refund or a dispute under the name it has here."""

    name: str
    row: Refund | Dispute


def returned(session: Session, question: Question) -> Iterator[Place]:
    """The entries by which money went back or returned, and corrections of such.

    They are asked for in the words of the index that holds them, or SQLite would not take it.
    """
    line = aliased(Posting)
    corrects = exists().where(line.entry_id == Entry.id, line.account.in_(RETURN_ACCOUNTS))
    counts = or_(Entry.kind != Kind.REVERSAL, corrects)
    return in_order(session, question, literal_column(RETURNED, Boolean), counts)


def originals(session: Session, names: Sequence[str]) -> dict[str, Original]:
    """The gifts of these names.

    What is asked of their entries stands in the sums, not in WHERE: a database might else begin
    with all entries of gifts there are.
    """
    of_gift = Entry.kind == Kind.GIFT
    fees = and_(of_gift, Posting.account.in_([Account.FEES, Account.FEE_TAX]))
    booked = (
        select(
            Entry.gift_reference,
            func.min(case((of_gift, Entry.posted_on))).label("posted_on"),
            func.sum(case((fees, Posting.amount_minor), else_=0)).label("fee"),
        )
        .join(Entry.postings)
        .where(Entry.gift_reference.in_(names))
        .group_by(Entry.gift_reference)
        .subquery()
    )
    statement = (
        select(
            Gift.public_id, Gift.received_at, Gift.amount_minor, booked.c.posted_on, booked.c.fee
        )
        .outerjoin(booked, booked.c.gift_reference == Gift.public_id)
        .where(Gift.public_id.in_(names))
    )
    return {
        name: Original(received_at, charged, posted_on, int(fee or 0))
        for name, received_at, charged, posted_on, fee in session.execute(statement)
    }


def named_returns(session: Session, names: Sequence[str]) -> dict[str, list[Named]]:
    """The refunds and disputes of these gifts, numbered each in the order they came."""
    found: dict[str, list[Named]] = defaultdict(list)
    for table, letter in _LETTERS:
        statement = (
            select(Gift.public_id, table)
            .join(Gift, Gift.id == table.gift_id)
            .where(Gift.public_id.in_(names))
            .order_by(table.gift_id, table.created_at, table.id)
        )
        counted: dict[str, int] = defaultdict(int)
        for name, row in session.execute(statement):
            counted[name] += 1
            back = cast("Refund | Dispute", row)
            found[name].append(Named(f"{name}-{letter}{counted[name]}", back))
    return found


def paired(session: Session, names: Sequence[str]) -> dict[int, Named]:
    """The refund or dispute of each return of these gifts, by the number of its entry.

    An entry takes the first of its gift that has its amount and no entry of that kind yet; that
    two refunds of the same amount may change places makes no figure another.
    """
    known = named_returns(session, names)
    found: dict[int, Named] = {}
    taken: set[tuple[str, str]] = set()
    for number, kind, gift, charged in session.execute(_entries_of(names)):
        table = _OF_KIND.get(Kind(kind))
        for each in known.get(gift, ()):
            fits = isinstance(each.row, table) if table else False
            if fits and each.row.amount_minor == abs(charged) and (each.name, kind) not in taken:
                found[number] = each
                taken.add((each.name, kind))
                break
    return found


def answer_by(named: Named | None, question: Question) -> date | None:
    """The last local day on which a dispute may be answered."""
    moment = getattr(named.row, "answer_by", None) if named else None
    return None if moment is None else moment.astimezone(question.zone).date()


def _entries_of(names: Sequence[str]) -> Any:  # noqa: ANN401 - a select of four columns
    return (
        select(Entry.number, Entry.kind, Entry.gift_reference, Entry.charged_minor)
        .where(Entry.gift_reference.in_(names))
        .order_by(Entry.number)
    )
