"""What a membership payment's benefits are worth, decided by finance ahead of time.

Where finance decided of the tier a payment was for, that counts; else what it decided of all
memberships.

A decision counts from a day that is still to come, so nothing that is booked changes its meaning;
and one that counts already is never changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.giving.fund_models import Benefit
from donations.kernel.cadence import Frequency
from donations.kernel.database import writing
from donations.kernel.errors import FieldRefused
from donations.ledger.books import books_zone, hold
from donations.tiers.deciding import WorthKind, worth_in_force

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from donations.giving.models import Gift
    from donations.kernel.money import Money

WITH_BENEFITS: Final = (Frequency.MONTHLY, Frequency.ANNUAL)


def decide(
    session: Session, frequency: Frequency, value: Money, from_on: date, *, by: str, now: datetime
) -> Benefit:
    """Let the benefits of one payment be worth `value` from a day on.  Commits.

    A decision that does not count yet is replaced.  Raises `FieldRefused` for a day that has begun.
    """
    if frequency not in WITH_BENEFITS:
        raise FieldRefused("frequency", "without_benefits")
    with writing(session):
        hold(session)  # while a payment is being booked, what it is worth stands still
        if from_on <= today(session, now):
            raise FieldRefused("from_on", "has_begun")
        decided = session.scalar(
            select(Benefit).where(
                Benefit.frequency == frequency.value,
                Benefit.currency == value.currency,
                Benefit.from_on == from_on,
            )
        )
        if decided is None:
            decided = Benefit(frequency=frequency.value, currency=value.currency, from_on=from_on)
            session.add(decided)
        decided.amount_minor, decided.set_by, decided.set_at = value.minor, by, now
    return decided


def worth_of(session: Session, gift: Gift, day: date) -> int:
    """What of a gift received on `day` is no donation, in minor units of its currency.

    The books put it off and receipts take it off, so that both always agree: all of a payment that
    buys a membership, and of any other the worth of its benefits.
    """
    if gift.tier_id is not None:
        decided = worth_in_force(session, gift.tier_id, gift.frequency, gift.currency, day)
        if decided is not None:
            whole = decided.kind == WorthKind.MEMBERSHIP
            return gift.amount_minor if whole else decided.amount_minor
    return benefit_value(session, gift.frequency, gift.currency, day)


def benefit_value(session: Session, frequency: str, currency: str, day: date) -> int:
    """What the benefits of a membership payment are worth, in minor units; 0 for a plain gift."""
    found = session.scalar(
        select(Benefit.amount_minor)
        .where(Benefit.frequency == frequency, Benefit.currency == currency, Benefit.from_on <= day)
        .order_by(Benefit.from_on.desc())
        .limit(1)
    )
    return found or 0


def today(session: Session, now: datetime) -> date:
    """The day it is, by the zone of the accounting dates."""
    return now.astimezone(books_zone(session)).date()


def decisions(session: Session) -> Sequence[Benefit]:
    """Everything decided, what counts last first."""
    return session.scalars(
        select(Benefit).order_by(Benefit.from_on.desc(), Benefit.frequency, Benefit.currency)
    ).all()


def in_force(history: Sequence[Benefit], day: date) -> dict[tuple[str, str], Benefit]:
    """Of a history, what counts on `day`, by frequency and currency."""
    counting = [one for one in history if one.from_on <= day]
    return {(one.frequency, one.currency): one for one in sorted(counting, key=_by_day)}


def _by_day(one: Benefit) -> date:
    return one.from_on
