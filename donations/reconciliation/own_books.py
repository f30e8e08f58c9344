"""What our own rows show to be open, without asking anyone: gifts, entries, funds."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from donations.giving.fund_models import Fund
from donations.giving.models import Gift
from donations.kernel.months import Month, months_between
from donations.ledger.chart import Account
from donations.ledger.chart import Kind as Booked
from donations.ledger.models import Books, Entry, Posting
from donations.reconciliation.discrepancies import Finding, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

BOOKED_WITHIN: Final = timedelta(days=2)
"""How long Stripe may take to book a payment that succeeded."""


def in_suspense(session: Session) -> Iterator[Finding]:
    """Entries that nothing here explains, until they are taken back."""
    back = aliased(Entry)
    rows = session.execute(
        select(
            Entry.source,
            Entry.posted_on,
            Entry.memo,
            Posting.currency,
            func.sum(Posting.amount_minor),
        )
        .join(Posting, Posting.entry_id == Entry.id)
        .where(
            Entry.kind == Booked.OTHER.value,
            Posting.account == Account.STRIPE_BALANCE.value,
            ~select(back.id).where(back.reverses_id == Entry.id).exists(),
        )
        .group_by(Entry.source, Entry.posted_on, Entry.memo, Posting.currency)
    )
    for source, posted_on, memo, currency, minor in rows:
        kind = Kind.IN_STRIPE_NOT_HERE
        yield Finding(kind, source, posted_on, int(minor), currency, f"suspense={memo}")


def never_booked(session: Session, zone: ZoneInfo, *, now: datetime) -> Iterator[Finding]:
    """Gifts paid here whose movement never came."""
    late = select(Gift).where(
        Gift.booked_at.is_(None), Gift.batch_id.is_(None), Gift.received_at < now - BOOKED_WITHIN
    )
    for gift in session.scalars(late):
        yield _of_gift(Kind.HERE_NOT_IN_STRIPE, gift, zone, "gift")


def without_fund(session: Session, zone: ZoneInfo) -> Iterator[Finding]:
    """Gifts for a fund that does not exist, or that was closed when they came."""
    closed = {fund.code: fund.closed_on for fund in session.scalars(select(Fund))}
    for code in session.scalars(select(Gift.fund).where(Gift.fund != "").distinct()).all():
        wanted = select(Gift).where(Gift.fund == code)
        last_day = closed.get(code)
        if last_day is not None:
            reopens = datetime.combine(last_day + timedelta(days=1), time(), zone)
            wanted = wanted.where(Gift.received_at >= reopens)
        elif code in closed:
            continue
        detail = f"{'missing' if last_day is None else 'closed'}={code}"
        for gift in session.scalars(wanted):
            yield _of_gift(Kind.NO_FUND, gift, zone, detail)


def late_into_closed(session: Session, zone: ZoneInfo) -> Iterator[Finding]:
    """Entries of a month that was closed, and so dated to the first day of a later one."""
    books = session.execute(select(Books.closed_through)).scalar_one()
    first = session.scalar(select(func.min(Entry.posted_on)))
    if books is None or first is None:
        return
    months = months_between(Month.of_day(first).later(1), Month.of_day(books).later(1))
    for month in months:
        yield from _late(session, month, zone)


def _late(session: Session, month: Month, zone: ZoneInfo) -> Iterator[Finding]:
    rows = session.scalars(
        select(Entry).where(
            Entry.posted_on == month.first_day, Entry.occurred_at < month.start(zone)
        )
    )
    for entry in rows:
        own = Month.of(entry.occurred_at, zone)
        yield Finding(
            Kind.LATE_INTO_CLOSED,
            entry.source,
            entry.posted_on,
            entry.charged_minor,
            entry.charged_currency,
            f"entry={entry.kind};month={own}",
        )


def _of_gift(kind: Kind, gift: Gift, zone: ZoneInfo, detail: str) -> Finding:
    day = gift.received_at.astimezone(zone).date()
    return Finding(kind, gift.public_id, day, gift.amount_minor, gift.currency, detail)
