"""Which entry a movement for a gift becomes: what it was for, in which fund, what is put off.

A return is restated at the gift's own rate, so that refunds mirror income and the rest is a gain or
loss of exchange; and it takes back what was still owed as benefits.  Both are told by the gift's
own entry and by dates, never by the order in which things were heard of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from donations.giving.fund_models import Benefit
from donations.giving.models import Checkout
from donations.kernel.errors import TryAgainLater
from donations.kernel.money import Money
from donations.kernel.months import Month
from donations.ledger.books import book, posting_day
from donations.ledger.chart import Account, Kind
from donations.ledger.deferrals import TERMS, deferred_share, gift_deferral, owed_share
from donations.ledger.drafts import PLAIN, About, Draft, Shares
from donations.ledger.models import Entry, Posting

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

    Raises `TryAgainLater` for a return that needs the gift's own entry and finds none yet.
    """
    day = posting_day(session, movement.created)
    if kind is Kind.GIFT:
        shares, cohort = _put_off(session, movement, gift, day)
    else:
        shares, cohort = _taken_back(session, movement, gift, charged_minor, day)
    return book(
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


def benefit_value(session: Session, frequency: str, currency: str, day: date) -> int:
    """What the benefits of a membership payment are worth, in minor units; 0 for a plain gift."""
    found = session.scalar(
        select(Benefit.amount_minor)
        .where(Benefit.frequency == frequency, Benefit.currency == currency, Benefit.from_on <= day)
        .order_by(Benefit.from_on.desc())
        .limit(1)
    )
    return found or 0


def _put_off(
    session: Session, movement: Movement, gift: Gift, day: date
) -> tuple[Shares, Month | None]:
    """The day of the payment decides what its benefits are worth, whenever it is booked."""
    value = benefit_value(session, gift.frequency, gift.currency, movement.created.date())
    if not value:
        return PLAIN, None
    deferred = deferred_share(movement.amount, value, gift.amount_minor)
    return Shares(deferred=deferred), Month.of_day(day)


def _taken_back(
    session: Session, movement: Movement, gift: Gift, charged_minor: int, day: date
) -> tuple[Shares, Month | None]:
    owes = benefit_value(session, gift.frequency, gift.currency, gift.received_at.date())
    if movement.exchange_rate is None and not owes:
        return PLAIN, None
    settled = _settled(session, gift)
    if settled is None:
        raise TryAgainLater("what Stripe made of the gift itself is not known yet")
    exchange = 0
    if movement.exchange_rate is not None:
        exchange = movement.amount - _rounded(settled * charged_minor, gift.amount_minor)
    deferral = gift_deferral(session, gift.public_id)
    if deferral is None:
        return Shares(exchange=exchange), None
    put_off, begins = deferral
    left = owed_share(put_off, begins, TERMS[gift.frequency], Month.of_day(day))
    part = left * abs(charged_minor) // gift.amount_minor
    return Shares(exchange, part if charged_minor > 0 else -part), begins


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


def _rounded(numerator: int, denominator: int) -> int:
    """The quotient, halves away from nothing: the one rounding rule of the books."""
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))
