"""Which entry a movement for a gift becomes: what it was for, in which fund, what is put off.

A return is restated at the gift's own rate, so that refunds mirror income and the rest is a gain or
loss of exchange; and it takes back what was still owed as benefits.  Both are told by the gift's
own entry and by dates, never by the order in which things were heard of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from donations.giving.benefits import worth_of
from donations.giving.models import Checkout
from donations.kernel.errors import TryAgainLater
from donations.kernel.money import Money
from donations.kernel.months import Month
from donations.kernel.rounding import rounded
from donations.ledger.books import books_zone, posting_day
from donations.ledger.chart import Account, Kind
from donations.ledger.cohorts import deferred_share
from donations.ledger.deferrals import gift_deferral, given_back
from donations.ledger.drafts import PLAIN, About, Draft, Shares
from donations.ledger.models import Entry, Posting
from donations.payouts.totals import place

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from donations.giving.models import Gift
    from donations.stripe_gateway.values import Movement


def book_movement(
    session: Session,
    kind: Kind,
    movement: Movement,
    gift: Gift,
    charged_minor: int,
    *,
    now: datetime,
    card_country: str | None = None,
) -> bool:
    """Book what Stripe moved for a gift; `charged_minor` is the reader's side, signed.

    A movement that stands in suspense, because nobody could explain it, is taken out of it.
    Raises `TryAgainLater` for a return that needs the gift's own entry and finds none yet.
    """
    day = posting_day(session, movement.created)
    if kind is Kind.GIFT:
        shares, cohort = _put_off(session, movement, gift, day)
    else:
        shares, cohort = _taken_back(session, movement, gift, charged_minor, day)
    return place(
        session,
        Draft.of_movement(
            kind,
            source=movement.id,
            amount=movement.amount,
            fee=movement.fee,
            fee_tax=movement.fee_tax,
            currency=movement.currency,
            charged=Money(charged_minor, gift.currency),
            exchange_rate=movement.exchange_rate,
            occurred_at=movement.created,
            available_on=movement.available_on,
            about=about_gift(session, gift, card_country, cohort),
            shares=shares,
        ),
        now=now,
    )


def about_gift(
    session: Session, gift: Gift, card_country: str | None = None, cohort: Month | None = None
) -> About:
    """What the books say of a gift."""
    checkout = None if gift.checkout_id is None else session.get(Checkout, gift.checkout_id)
    return About(
        frequency=gift.frequency,
        gift_reference=gift.public_id,
        fund=gift.fund,
        campaign="offline" if checkout is None else checkout.placement,
        method=gift.method,
        card_country=card_country,
        cohort=None if cohort is None else str(cohort),
    )


def _put_off(
    session: Session, movement: Movement, gift: Gift, day: date
) -> tuple[Shares, Month | None]:
    """The day of the payment decides what its benefits are worth, whenever it is booked."""
    received_on = _local_day(session, gift.received_at)
    value = worth_of(session, gift, received_on)
    if not value:
        return PLAIN, None
    deferred = deferred_share(movement.amount, value, gift.amount_minor)
    return Shares(deferred=deferred), Month.of_day(day)


def _taken_back(
    session: Session, movement: Movement, gift: Gift, charged_minor: int, day: date
) -> tuple[Shares, Month | None]:
    received_on = _local_day(session, gift.received_at)
    owes = worth_of(session, gift, received_on)
    put_off = owes or gift_deferral(session, gift.public_id) is not None
    if movement.exchange_rate is None and not put_off:
        return PLAIN, None
    settled = _settled(session, gift)
    if settled is None:
        raise TryAgainLater("what Stripe made of the gift itself is not known yet")
    exchange = 0
    if movement.exchange_rate is not None:
        exchange = movement.amount - rounded(settled * charged_minor, gift.amount_minor)
    deferred = given_back(
        session,
        gift.public_id,
        charged_minor=charged_minor,
        gift_minor=gift.amount_minor,
        currency=movement.currency,
        posted=Month.of_day(day),
    )
    if deferred is None:
        return Shares(exchange=exchange), None
    return Shares(exchange, deferred[0]), deferred[1]


def _local_day(session: Session, moment: datetime) -> date:
    return moment.astimezone(books_zone(session)).date()


def _settled(session: Session, gift: Gift) -> int | None:
    """The gross of a gift in its settlement currency, as booked; None until it is."""
    total = session.scalar(
        select(func.sum(Posting.amount_minor))
        .join(Posting.entry)
        .where(
            Entry.gift_reference == gift.public_id,
            Entry.kind == Kind.GIFT,
            Posting.account.in_([Account.INCOME, Account.DEFERRED]),
        )
    )
    return None if total is None else -int(total)
