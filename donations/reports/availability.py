"""What of the Stripe balance was pending at the end of a span, and what could be paid out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from donations.kernel.money import Money
from donations.ledger.chart import Account, Kind
from donations.ledger.models import Entry, Posting
from donations.reports.table import Column, Row, Section, Shape

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import CTE
    from sqlalchemy.orm import Session

    from donations.reports.table import Question

LONGEST_PENDING: Final = timedelta(days=60)
"""Nothing is pending for longer: Stripe's slowest schedules are monthly, in countries that take
up to thirty days to settle.  Source: https://docs.stripe.com/payouts#payout-speed"""


def pending(session: Session, question: Question) -> dict[str, int]:
    """Minor units by currency that had moved by the end, and were available only after it.

    While the last month is not over, the end is when the latest entry that counts was booked.  A
    payout leaves what is available, whenever it arrives.  What takes an entry back is pending as
    long as that entry was.
    """
    booked_at = session.scalar(select(Entry.booked_at).where(Entry.number == question.as_of))
    end = question.last.end(question.zone)
    end = end if booked_at is None else min(end, booked_at)
    moved = _moved(question, end).c
    taken_back = aliased(Entry)
    statement = (
        select(moved.currency, func.sum(moved.amount_minor))
        .outerjoin(taken_back, taken_back.id == moved.reverses_id)
        .where(
            moved.account == Account.STRIPE_BALANCE,
            func.coalesce(moved.available_on, taken_back.available_on) > end,
        )
        .group_by(moved.currency)
    )
    return {currency: int(minor) for currency, minor in session.execute(statement)}


def _moved(question: Question, end: datetime) -> CTE:
    """Postings that may be pending, found by when they moved and nothing else.

    Asked for the account at once, a database might begin with every posting it ever had.
    """
    statement = (
        select(
            Posting.account,
            Posting.currency,
            Posting.amount_minor,
            Entry.available_on,
            Entry.reverses_id,
        )
        .join(Posting.entry)
        .where(
            Entry.occurred_at >= end - LONGEST_PENDING,
            Entry.occurred_at <= end,
            or_(Entry.available_on > end, Entry.available_on.is_(None)),
            Entry.posted_on <= question.last_day,
            Entry.number <= question.as_of,
            Entry.kind.not_in([Kind.PAYOUT, Kind.PAYOUT_FAILED]),
        )
    )
    return statement.cte("moved").prefix_with("MATERIALIZED")


def availability(held: Mapping[str, Money], waiting: Mapping[str, int]) -> Section:
    """The table of what is pending and what is available of the balances `held`."""
    rows = []
    for currency, balance in held.items():
        later = Money(waiting.get(currency, 0), currency)
        rows.append(Row((currency.upper(), later, balance - later, balance)))
    return Section("availability", _("Pending and available at the end"), _COLUMNS, rows)


_COLUMNS: Final = (
    Column("currency", _("Currency")),
    Column("pending", _("Pending"), Shape.MONEY),
    Column("available", _("Available"), Shape.MONEY),
    Column("balance", _("Balance"), Shape.MONEY),
)
