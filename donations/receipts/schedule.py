"""The Gift Aid schedule: which gifts may be claimed, and each of them once.

A gift that went back even in part, or is disputed, is left out; so is one in another currency, and
one whose benefits were worth too much.  That a supporter's benefits of a whole tax year must not
be worth more than £2,500 either is for the charity to watch.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from donations.giving.benefits import worth_of
from donations.giving.models import Gift
from donations.receipts.benefit_limits import within_limits
from donations.receipts.coverage import covering
from donations.receipts.gathering import BACK
from donations.receipts.models import GiftAidClaimed, GiftAidDeclaration

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

POUND: Final = "gbp"
# Stripe's words for a dispute the newsroom won.
# Source: https://docs.stripe.com/api/disputes/object#dispute_object-status
_WON: Final = frozenset({"won", "warning_closed"})


class Reason(StrEnum):
    """Why a gift is left out of a schedule."""

    CLAIMED = "claimed"
    CURRENCY = "currency"
    UNDECLARED = "undeclared"
    WENT_BACK = "went_back"
    BENEFITS = "benefits"


@dataclass(frozen=True, slots=True)
class Days:
    """The days a schedule is for, both included, by the clocks of `zone`."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def of_gifts(self) -> tuple[ColumnElement[bool], ...]:
        """The condition that a gift was received in these days."""
        begin = datetime.combine(self.first, time(), self.zone).astimezone(UTC)
        after = datetime.combine(self.last + timedelta(days=1), time(), self.zone)
        return Gift.received_at >= begin, Gift.received_at < after.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Survey:
    """What may be claimed of some days, oldest first, and how many gifts are left out and why."""

    found: tuple[tuple[Gift, GiftAidDeclaration], ...]
    left: Counter[Reason]

    @property
    def total_minor(self) -> int:
        """What these gifts come to, in pence."""
        return sum(gift.amount_minor for gift, _declaration in self.found)


def survey(session: Session, days: Days) -> Survey:
    """Look through the gifts of some days."""
    left = _counted_out(session, days)
    declared = _declarations(session)
    found = []
    for gift in _candidates(session, days):
        declaration = covering(declared.get(gift.supporter_id or 0, ()), gift)
        reason = _left_out(session, gift, declaration, days.zone)
        if reason is not None:
            left[reason] += 1
        elif declaration is not None:
            found.append((gift, declaration))
    return Survey(tuple(found), +left)


def _left_out(
    session: Session, gift: Gift, declaration: GiftAidDeclaration | None, zone: ZoneInfo
) -> Reason | None:
    if declaration is None:
        return Reason.UNDECLARED
    refunded = any(one.state in BACK for one in gift.refunds)
    if refunded or any(one.state not in _WON for one in gift.disputes):
        return Reason.WENT_BACK
    benefit = worth_of(session, gift, gift.received_at.astimezone(zone).date())
    if not within_limits(gift.amount_minor, benefit, gift.frequency):
        return Reason.BENEFITS
    return None


def _counted_out(session: Session, days: Days) -> Counter[Reason]:
    """What no declaration need be looked up for."""
    gifts = select(func.count()).select_from(Gift).where(*days.of_gifts)
    claimed = gifts.join(GiftAidClaimed, GiftAidClaimed.gift_id == Gift.id)
    pounds = gifts.where(Gift.currency == POUND)
    nobody = pounds.where(Gift.supporter_id.is_(None) | Gift.supporter_id.not_in(_declarers()))
    return Counter(
        {
            Reason.CLAIMED: session.scalar(claimed) or 0,
            Reason.CURRENCY: session.scalar(gifts.where(Gift.currency != POUND)) or 0,
            Reason.UNDECLARED: session.scalar(nobody) or 0,
        }
    )


def _candidates(session: Session, days: Days) -> Iterable[Gift]:
    return session.scalars(
        select(Gift)
        .where(
            *days.of_gifts,
            Gift.currency == POUND,
            Gift.supporter_id.in_(_declarers()),
            Gift.id.not_in(select(GiftAidClaimed.gift_id)),
        )
        .options(selectinload(Gift.refunds), selectinload(Gift.disputes))
        .order_by(Gift.received_at, Gift.id)
    )


def _declarers() -> Select[int]:
    return select(GiftAidDeclaration.supporter_id)


def _declarations(session: Session) -> dict[int, list[GiftAidDeclaration]]:
    """Every declaration by supporter, the newest first."""
    found: dict[int, list[GiftAidDeclaration]] = {}
    ordered = select(GiftAidDeclaration).order_by(
        GiftAidDeclaration.made_at.desc(), GiftAidDeclaration.id.desc()
    )
    for one in session.scalars(ordered):
        found.setdefault(one.supporter_id, []).append(one)
    return found
