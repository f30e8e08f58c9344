"""Closing a batch makes gifts of its items, all or none; a mistake found later is reversed.

Each gift gets its receipt and its entry in the transaction that closes, and whoever gave becomes a
supporter: what was sealed with the item is erased, so that forgetting them forgets all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, select

from donations.giving.booking import about_gift
from donations.giving.funds import GENERAL, open_fund
from donations.giving.models import Gift
from donations.giving.offline import found_in, locked_batch
from donations.giving.offline_items import giver
from donations.giving.receipts import issue_receipt
from donations.kernel.cadence import Frequency
from donations.kernel.database import writing
from donations.kernel.errors import FieldRefused, NotFound
from donations.kernel.ids import public_id
from donations.kernel.money import Money
from donations.ledger.books import book, books_zone, hold, reverse
from donations.ledger.by_hand import noon, signed_memo
from donations.ledger.chart import Account, Kind
from donations.ledger.drafts import Draft, Line
from donations.ledger.models import Entry
from donations.supporters.directory import recognise

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from donations.giving.offline_models import OfflineBatch, OfflineItem
    from donations.supporters.models import Supporter
    from donations.vault.keys import MasterKey


def close_batch(session: Session, master: MasterKey, name: str, *, by: str, now: datetime) -> bool:
    """Close a batch whose items agree with what was expected.  Commits; false if done before.

    Raises `FieldRefused` with the difference where they do not agree, and for an item whose fund
    was closed since; `NotFound`.
    """
    with writing(session):
        hold(session)  # before any other lock: bookings of Stripe's gifts take it first, too
        batch = locked_batch(session, name)
        if batch.closed_at is not None:
            return False
        _check_agreement(session, batch)
        received_at = noon(batch.banked_on, books_zone(session))
        for number, item in enumerate(batch.items, 1):
            if item.fund != GENERAL and open_fund(session, item.fund) is None:
                raise FieldRefused("batch", "item_of_closed_fund", number=number)
            gift = _gift(session, master, batch, item, received_at, now)
            issue_receipt(session, gift, now=now)
            book(session, _entry(session, gift), now=now)
            item.gift_id = gift.id
            item.email_sealed = item.name_sealed = None
        batch.closed_at, batch.closed_by = now, by
    return True


def take_back(session: Session, name: str, *, memo: str, by: str, now: datetime) -> bool:
    """Reverse the entry of an offline gift that was a mistake.  Commits; false if done before.

    The gift and its receipt's number stay; the books say that it was taken back, why and by whom.
    Raises `FieldRefused` for the memo, `NotFound` for a gift that is not offline.
    """
    said = signed_memo(memo, by)
    with writing(session):
        hold(session)
        gift = session.scalar(
            select(Gift).where(Gift.public_id == name, Gift.batch_id.is_not(None))
        )
        if gift is None:
            raise NotFound
        return reverse(session, source_of(name), memo=said, occurred_at=now, now=now)


def taken_back() -> ColumnElement[bool]:
    """Whether a row of `Gift` is an offline gift whose entry was reversed."""
    reversal = exists().where(
        Entry.gift_reference == Gift.public_id, Entry.kind == Kind.REVERSAL.value
    )
    return and_(Gift.batch_id.is_not(None), reversal)


def source_of(gift: str) -> str:
    """What the entry of an offline gift is booked for."""
    return f"offline:{gift}"


def _check_agreement(session: Session, batch: OfflineBatch) -> None:
    count, total = found_in(session, batch)
    expected = Money(batch.expected_minor, batch.currency)
    if count != batch.expected_count or total != expected:
        raise FieldRefused(
            "batch", "differs", items=count - batch.expected_count, total=total - expected
        )


def _gift(
    session: Session,
    master: MasterKey,
    batch: OfflineBatch,
    item: OfflineItem,
    received_at: datetime,
    now: datetime,
) -> Gift:
    supporter = _supporter(session, master, item, now)
    gift = Gift(
        public_id=public_id(),
        supporter_id=None if supporter is None else supporter.id,
        batch_id=batch.id,
        frequency=Frequency.ONCE.value,
        amount_minor=item.amount_minor,
        currency=batch.currency,
        language=item.language if supporter is None else supporter.language,
        method=batch.method,
        fund=item.fund,
        received_at=received_at,
        booked_at=now,
    )
    session.add(gift)
    session.flush()
    return gift


def _supporter(
    session: Session, master: MasterKey, item: OfflineItem, now: datetime
) -> Supporter | None:
    who = giver(master, item)
    if who.email is None:
        return None
    return recognise(
        session,
        master,
        email=who.email,
        name=who.name,
        customer=None,
        language=item.language,
        now=now,
    )


def _entry(session: Session, gift: Gift) -> Draft:
    amount = gift.amount
    return Draft(
        source=source_of(gift.public_id),
        kind=Kind.GIFT,
        charged=amount,
        occurred_at=gift.received_at,
        lines=(
            Line(Account.UNDEPOSITED, amount.currency, amount.minor),
            Line(Account.INCOME, amount.currency, -amount.minor, gift.fund),
        ),
        about=about_gift(session, gift),
    )
