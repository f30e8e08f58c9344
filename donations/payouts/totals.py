"""What each payout is made of, summed: kept with its lines and with every booking of one of them.

A payout of ten thousand lines is then read in a handful of rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, insert, select

from donations.kernel.database import insert_into
from donations.ledger.books import hold
from donations.ledger.chart import Account
from donations.ledger.models import Entry
from donations.ledger.placing import PLACED, standing
from donations.ledger.placing import place as place_in_books
from donations.ledger.sums import booked_after
from donations.payouts.models import Payout, PayoutLine, PayoutTotal
from donations.payouts.standing import made_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.ledger.drafts import Draft

KEY: Final = ("payout_id", "name")
SUMS: Final = ("lines", "unbooked", "amount_minor", "fee_minor", "exchange_minor")


def place(session: Session, draft: Draft, *, now: datetime) -> bool:
    """Place the draft of a movement in the books, and count its payout's line under its new name.

    False if it stood before.  The caller holds the write transaction.
    """
    hold(session)  # so that no line of it is kept meanwhile
    line = session.scalar(select(PayoutLine).where(PayoutLine.movement == draft.source))
    if line is None:
        return place_in_books(session, draft, now=now)
    before = standing(session, [draft.source]).get(draft.source)
    if not place_in_books(session, draft, now=now):
        return False
    after = standing(session, [draft.source])[draft.source]
    _count(session, line, before, -1)
    _count(session, line, after, 1)
    nothing_left = PayoutTotal.payout_id == line.payout_id, PayoutTotal.lines == 0
    session.execute(delete(PayoutTotal).where(*nothing_left))
    return True


def sum_up(session: Session, payout_id: int) -> None:
    """Sum the lines of a payout just kept.  The caller holds the books."""
    session.flush()
    found = made_of(PayoutLine.payout_id == payout_id)
    session.execute(insert(PayoutTotal).from_select([*KEY, *SUMS], found))


def rebuild(session: Session) -> None:
    """Make all totals anew from the lines, in the caller's transaction."""
    session.execute(delete(PayoutTotal))
    session.execute(insert(PayoutTotal).from_select([*KEY, *SUMS], made_of()))


def payouts_that_differ(session: Session) -> list[str]:
    """The payouts whose totals are not what their lines sum to; none when all is well."""
    kept, real = select(*PayoutTotal.__table__.columns).subquery(), made_of().subquery()
    found: set[int] = set()
    for one, other in ((kept, real), (real, kept)):
        rest = select(one).except_(select(other)).subquery()
        found.update(session.scalars(select(rest.c.payout_id).distinct()))
    names = select(Payout.stripe_id).where(Payout.id.in_(found)).order_by(Payout.id)
    return list(session.scalars(names))


def booked_since(session: Session, payout_ids: Sequence[int], as_of: int) -> set[int]:
    """Those payouts a line of which was booked after an entry: their totals tell of later."""
    late = (
        select(func.replace(Entry.source, PLACED, "").label("movement"))
        .where(booked_after(as_of))
        .cte("late")
        .prefix_with("MATERIALIZED")
    )
    found = (
        select(PayoutLine.payout_id)
        .join(late, late.c.movement == PayoutLine.movement)
        .where(PayoutLine.payout_id.in_(payout_ids))
    )
    return set(session.scalars(found.distinct()))


def _count(session: Session, line: PayoutLine, entry: Entry | None, by: int) -> None:
    """Count a line under the entry that stands for it, or take it out from there (`by` -1)."""
    exchange = 0
    if entry is not None:
        exchange = -sum(
            posting.amount_minor
            for posting in entry.postings
            if posting.account == Account.EXCHANGE
        )
    row = {
        "payout_id": line.payout_id,
        "name": line.type if entry is None else entry.kind,
        "lines": by,
        "unbooked": by if entry is None else 0,
        "amount_minor": by * line.amount_minor,
        "fee_minor": by * line.fee_minor,
        "exchange_minor": by * exchange,
    }
    statement = insert_into(session, PayoutTotal).values(row)
    added = {name: getattr(PayoutTotal, name) + statement.excluded[name] for name in SUMS}
    session.execute(statement.on_conflict_do_update(index_elements=list(KEY), set_=added))
