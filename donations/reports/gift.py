"""One gift with every entry of the ledger that names it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from donations.giving.funds import fund_name
from donations.giving.models import Gift, Membership
from donations.kernel.errors import NotFound
from donations.kernel.money import Money
from donations.ledger.models import Entry
from donations.reports.gift_banking import Whereabouts, whereabouts
from donations.reports.gifts import GiftRow, rows_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One posting: `debit` or `credit`, the other is None."""

    account: str
    debit: Money | None
    credit: Money | None


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry and its postings; `source` is Stripe's balance transaction."""

    source: str
    kind: str
    occurred_at: datetime
    booked_at: datetime
    available_on: datetime | None
    charged: Money
    exchange_rate: str | None
    memo: str | None
    lines: tuple[EntryLine, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A refund or a dispute as Stripe states it."""

    created_at: datetime
    amount: Money
    state: str
    reason: str | None
    answer_by: datetime | None


@dataclass(frozen=True, slots=True)
class GiftView:
    """Everything the books know of one gift."""

    row: GiftRow
    membership: str | None
    batch: str | None
    fund: str | None
    entries: tuple[EntryView, ...]
    banking: tuple[Whereabouts, ...]
    refunds: tuple[Change, ...]
    disputes: tuple[Change, ...]


def gift(session: Session, public_id: str) -> GiftView:
    """The gift named `public_id`.  Raises `NotFound`."""
    found = session.scalar(select(Gift).where(Gift.public_id == public_id))
    if found is None:
        raise NotFound
    membership = session.scalar(
        select(Membership.public_id).where(Membership.id == found.membership_id)
    )
    entries = session.scalars(
        select(Entry)
        .where(Entry.gift_reference == public_id)
        .order_by(Entry.occurred_at, Entry.id)
        .options(selectinload(Entry.postings))
    ).all()
    return GiftView(
        row=rows_of(session, [found])[0],
        membership=membership,
        batch=None if found.batch is None else found.batch.public_id,
        fund=fund_name(session, found.fund) or found.fund or None,
        entries=tuple(_entry(entry) for entry in entries),
        banking=whereabouts(session, found, [entry.source for entry in entries]),
        refunds=tuple(
            Change(refund.created_at, refund.amount, refund.state, None, None)
            for refund in found.refunds
        ),
        disputes=tuple(
            Change(one.created_at, one.amount, one.state, one.reason, one.answer_by)
            for one in found.disputes
        ),
    )


def _entry(entry: Entry) -> EntryView:
    return EntryView(
        source=entry.source,
        kind=entry.kind,
        occurred_at=entry.occurred_at,
        booked_at=entry.booked_at,
        available_on=entry.available_on,
        charged=Money(entry.charged_minor, entry.charged_currency),
        exchange_rate=entry.exchange_rate,
        memo=entry.memo,
        lines=tuple(
            _line(posting.account, Money(posting.amount_minor, posting.currency))
            for posting in sorted(entry.postings, key=lambda posting: posting.id)
        ),
    )


def _line(account: str, amount: Money) -> EntryLine:
    if amount.minor > 0:
        return EntryLine(account, amount, None)
    return EntryLine(account, None, -amount)
