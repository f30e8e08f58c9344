"""Restricted funds: what each holds, and setting money of one free for its purpose.

A fund holds what it was given less what went back and what was released, by settlement currency.
Fees are borne by the newsroom, not by the fund; benefits still owed are not the fund's yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from donations.kernel.errors import FieldRefused, NotFound
from donations.kernel.money import Money
from donations.kernel.months import Month
from donations.ledger.books import book, books_zone, hold, is_booked, reverse
from donations.ledger.by_hand import noon, signed_memo
from donations.ledger.chart import Account, Kind
from donations.ledger.drafts import Draft, Line
from donations.ledger.models import DayTotal, Entry, Posting

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

HELD_IN: Final = (Account.INCOME, Account.REFUNDS, Account.DISPUTES, Account.RELEASED)


@dataclass(frozen=True, slots=True)
class Holding:
    """What a fund holds in one currency, and how it came to it; what went out is negative."""

    received: Money
    returned: Money
    released: Money

    @property
    def held(self) -> Money:
        """What may still be spent for the fund's purpose."""
        return self.received + self.returned + self.released


@dataclass(frozen=True, slots=True)
class Release:
    """One release as it stands in the books."""

    number: int
    posted_on: date
    amount: Money
    memo: str
    taken_back: bool


def release(
    session: Session,
    fund: str,
    amount: Money,
    memo: str,
    by: str,
    *,
    on: date,
    nonce: str,
    now: datetime,
) -> bool:
    """Set restricted money free for its purpose, in the caller's transaction; false if done before.

    `on` is the accounting date, `nonce` names the attempt, `by` the login of who decided.  Raises
    `FieldRefused`: for a date to come or in a closed month, and for more than the fund holds on
    that date and on every later one.
    """
    books = hold(session)
    source = f"release:{nonce}"
    if is_booked(session, source):
        return False
    said = signed_memo(memo, by)
    if amount.minor <= 0:
        raise FieldRefused("amount", "nothing")
    _check_day(session, on, books.closed_through, now)
    free = free_since(session, fund, amount.currency, on)
    if free < amount:
        raise FieldRefused("amount", "more_than_held", held=free)
    lines = (
        Line(Account.RELEASED, amount.currency, amount.minor, fund),
        Line(Account.RELEASED, amount.currency, -amount.minor),
    )
    at = noon(on, books_zone(session))
    draft = Draft(source, Kind.RELEASE, amount, at, lines, memo=said)
    return book(session, draft, now=now)


def take_release_back(
    session: Session, fund: str, number: int, memo: str, by: str, *, now: datetime
) -> bool:
    """Reverse the release numbered so, in the caller's transaction; false if done before.

    Raises `NotFound`, or `FieldRefused` for the memo.
    """
    hold(session)
    source = session.scalar(
        select(Entry.source)
        .join(Entry.postings)
        .where(Entry.number == number, Entry.kind == Kind.RELEASE, Posting.fund == fund)
    )
    if source is None:
        raise NotFound
    return reverse(session, source, memo=signed_memo(memo, by), occurred_at=now, now=now)


def free_since(session: Session, fund: str, currency: str, on: date) -> Money:
    """The least the fund held at the end of `on` or of any later day: what may go out on `on`."""
    rows = session.execute(
        select(DayTotal.posted_on, func.sum(DayTotal.minor))
        .where(
            DayTotal.fund == fund,
            DayTotal.currency == currency,
            DayTotal.account.in_([account.value for account in HELD_IN]),
        )
        .group_by(DayTotal.posted_on)
        .order_by(DayTotal.posted_on)
    ).all()
    until = -sum(int(minor) for day, minor in rows if day <= on)
    later = (-int(minor) for day, minor in rows if day > on)
    return Money(max(0, min(accumulate(later, initial=until))), currency)


def holdings(session: Session) -> dict[str, list[Holding]]:
    """What every fund holds, by its code; a holding for each currency it ever had."""
    rows = session.execute(
        select(DayTotal.fund, DayTotal.currency, DayTotal.account, func.sum(DayTotal.minor))
        .where(DayTotal.fund != "", DayTotal.account.in_([account.value for account in HELD_IN]))
        .group_by(DayTotal.fund, DayTotal.currency, DayTotal.account)
    )
    sums: dict[tuple[str, str], dict[str, int]] = {}
    for fund, currency, account, minor in rows:
        sums.setdefault((fund, currency), {})[account] = -int(minor)
    found: dict[str, list[Holding]] = {}
    for (fund, currency), by in sorted(sums.items()):
        back = by.get(Account.REFUNDS, 0) + by.get(Account.DISPUTES, 0)
        received, released = by.get(Account.INCOME, 0), by.get(Account.RELEASED, 0)
        parts = (Money(minor, currency) for minor in (received, back, released))
        found.setdefault(fund, []).append(Holding(*parts))
    return found


def releases(session: Session, fund: str) -> list[Release]:
    """The releases from a fund, latest first."""
    back = aliased(Entry)
    rows = session.execute(
        select(
            Entry.number,
            Entry.posted_on,
            Posting.amount_minor,
            Posting.currency,
            Entry.memo,
            back.id.is_not(None),
        )
        .join(Posting.entry)
        .outerjoin(back, back.reverses_id == Entry.id)
        .where(Entry.kind == Kind.RELEASE, Posting.fund == fund)
        .order_by(Entry.number.desc())
    )
    return [
        Release(number, day, Money(minor, currency), memo or "", bool(undone))
        for number, day, minor, currency, memo, undone in rows
    ]


def _check_day(session: Session, on: date, closed: date | None, now: datetime) -> None:
    if on > now.astimezone(books_zone(session)).date():
        raise FieldRefused("posted_on", "to_come")
    if closed is not None and on <= closed:
        first = Month.of_day(closed).later(1).first_day
        raise FieldRefused("posted_on", "closed_month", first=first)
