"""Booking: a movement of money becomes one balanced entry, once, however often it is booked."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select, update

from donations.kernel.database import insert_into
from donations.kernel.errors import NotFound
from donations.kernel.money import Money
from donations.kernel.months import Month
from donations.ledger.chart import Account, Kind
from donations.ledger.days import count_in
from donations.ledger.drafts import About, Draft, Line
from donations.ledger.models import Books, Entry, Posting

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session
    from sqlalchemy.sql.dml import ReturningInsert


def book(session: Session, draft: Draft, *, now: datetime) -> bool:
    """Write `draft` in the caller's transaction; false if its source was booked before.

    Bookings stand in line for the row of `Books` until their transaction ends, so the numbers of
    entries have no gap and are in the order in which others see them.
    """
    if is_booked(session, draft.source):
        return False
    books = hold(session)
    posted_on = _day(books, draft.occurred_at)
    entry_id = session.scalar(_entry(session, draft, books.last_number + 1, posted_on, now))
    if entry_id is None:
        return False
    session.execute(insert(Posting), [_posting(entry_id, line) for line in draft.lines])
    session.execute(  # from now on nothing can be added to the entry
        update(Books).values(last_number=Books.last_number + 1),
        execution_options={"synchronize_session": False},
    )
    count_in(session, draft, posted_on)
    return True


def is_booked(session: Session, source: str) -> bool:
    """Whether a source has its entry."""
    return session.scalar(select(Entry.id).where(Entry.source == source)) is not None


def posting_day(session: Session, occurred_at: datetime) -> date:
    """The accounting date an entry of that moment gets; it stands until the transaction ends."""
    return _day(hold(session), occurred_at)


def hold(session: Session) -> Books:
    """Take the row every booking needs, until the transaction ends.

    Whoever books more than once beside other locks takes it first.
    """
    return session.scalars(
        select(Books).with_for_update(), execution_options={"populate_existing": True}
    ).one()


def books_zone(session: Session) -> ZoneInfo:
    """The zone of the accounting dates."""
    return ZoneInfo(session.scalars(select(Books.zone)).one())


def closed_through(session: Session) -> date | None:
    """The last day that is closed; None while none is."""
    return session.scalars(select(Books.closed_through)).one()


def last_number(session: Session) -> int:
    """The number of the latest entry; what is known now is every entry up to it."""
    return session.scalars(select(Books.last_number)).one()


def reverse(
    session: Session, source: str, *, memo: str, occurred_at: datetime, now: datetime
) -> bool:
    """Take an entry back by its opposite; false if that was done before.  Raises `NotFound`."""
    entry = session.scalar(select(Entry).where(Entry.source == source))
    if entry is None:
        raise NotFound
    draft = Draft(
        source=f"reversal:{source}"[:80],
        kind=Kind.REVERSAL,
        charged=Money(-entry.charged_minor, entry.charged_currency),
        occurred_at=occurred_at,
        lines=tuple(
            Line(Account(line.account), line.currency, -line.amount_minor, line.fund)
            for line in entry.postings
        ),
        about=About(
            frequency=entry.frequency,
            gift_reference=entry.gift_reference,
            campaign=entry.campaign,
            method=entry.method,
            card_country=entry.card_country,
            cohort=entry.cohort,
        ),
        memo=memo,
        reverses_id=entry.id,
    )
    return book(session, draft, now=now)


def balances(session: Session) -> dict[tuple[str, str], int]:
    """The balance of every account and currency, in minor units, debits positive."""
    rows = session.execute(
        select(Posting.account, Posting.currency, func.sum(Posting.amount_minor)).group_by(
            Posting.account, Posting.currency
        )
    )
    return {(account, currency): int(total) for account, currency, total in rows}


def _day(books: Books, occurred_at: datetime) -> date:
    day = occurred_at.astimezone(ZoneInfo(books.zone)).date()
    if books.closed_through is None or day > books.closed_through:
        return day
    return Month.of_day(books.closed_through).later(1).first_day


def _entry(
    session: Session, draft: Draft, number: int, posted_on: date, now: datetime
) -> ReturningInsert[int]:
    about = draft.about
    return (
        insert_into(session, Entry)
        .values(
            number=number,
            source=draft.source,
            kind=draft.kind.value,
            frequency=about.frequency,
            gift_reference=about.gift_reference,
            charged_minor=draft.charged.minor,
            charged_currency=draft.charged.currency,
            exchange_rate=draft.exchange_rate,
            campaign=about.campaign,
            method=about.method,
            card_country=about.card_country,
            cohort=about.cohort,
            memo=draft.memo,
            reverses_id=draft.reverses_id,
            occurred_at=draft.occurred_at,
            available_on=draft.available_on,
            posted_on=posted_on,
            booked_at=now,
        )
        .on_conflict_do_nothing(index_elements=["source"])
        .returning(Entry.id)
    )


def _posting(entry_id: int, line: Line) -> dict[str, object]:
    return {
        "entry_id": entry_id,
        "account": line.account.value,
        "currency": line.currency,
        "amount_minor": line.amount_minor,
        "fund": line.fund,
    }
