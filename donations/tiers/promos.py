"""Promos: making them, opening and closing them, finding the one a link names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select

from donations.kernel.database import writing
from donations.kernel.errors import FieldRefused, NotAllowed, NotFound
from donations.tiers.models import Tier
from donations.tiers.promo_models import Promo
from donations.tiers.states import PROMO_MOVES, PromoState, TierState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.kernel.cadence import Frequency
    from donations.kernel.money import Money

MOST_PAYMENTS: Final = 12
_CODE: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a promo promises: the first so many payments at one amount, every later at another."""

    frequency: Frequency
    first: Money
    payments: int
    then: Money
    tier_id: int | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """When a promo can be taken and how often; None for no end."""

    from_at: datetime
    until_at: datetime | None = None
    most_uses: int | None = None


def add_promo(
    session: Session, code: str, terms: Terms, window: Window, *, by: str, now: datetime
) -> Promo:
    """Make a draft.  Commits.  Raises `FieldRefused` at what is wrong."""
    _check(terms, window)
    with writing(session):
        _check_code(session, code)
        tier = None if terms.tier_id is None else _tier(session, terms)
        promo = Promo(
            code=code,
            frequency=terms.frequency.value,
            currency=terms.first.currency,
            first_amount_minor=terms.first.minor,
            payments=terms.payments,
            then_amount_minor=terms.then.minor,
            tier_id=None if tier is None else tier.id,
            from_at=window.from_at,
            until_at=window.until_at,
            most_uses=window.most_uses,
            state=PromoState.DRAFT.value,
            made_by=by,
            made_at=now,
        )
        session.add(promo)
    return promo


def move_promo(session: Session, code: str, to: PromoState) -> Promo:
    """Open or close a promo.  Commits.  Raises `NotFound`, and `NotAllowed` for no such move."""
    with writing(session):
        promo = promo_named(session, code)
        if to not in PROMO_MOVES[PromoState(promo.state)]:
            raise NotAllowed("not_a_move")
        promo.state = to.value
    return promo


def promo_named(session: Session, code: str) -> Promo:
    """The promo with this code, however it stands.  Raises `NotFound`."""
    found = session.scalar(select(Promo).where(Promo.code == code))
    if found is None:
        raise NotFound
    return found


def open_promo(session: Session, code: str, now: datetime) -> Promo | None:
    """The promo that can be taken now by this code, but for how often it was; None for none."""
    if not _CODE.fullmatch(code):
        return None
    return session.scalar(
        select(Promo).where(
            Promo.code == code,
            Promo.state == PromoState.OPEN.value,
            Promo.from_at <= now,
            or_(Promo.until_at.is_(None), Promo.until_at > now),
        )
    )


def promos(session: Session) -> Sequence[Promo]:
    """Every promo, the newest first."""
    return session.scalars(select(Promo).order_by(Promo.id.desc())).all()


def promised_tier(
    session: Session, code: str, amount: Money, frequency: Frequency
) -> tuple[int, bool] | None:
    """The tier a promo promises whoever pays one of its two amounts, and whether it is the lower.

    None where it promises none, or another amount is paid.
    """
    promo = session.scalar(select(Promo).where(Promo.code == code)) if code else None
    if promo is None or promo.tier_id is None or promo.frequency != frequency:
        return None
    if amount not in {promo.first, promo.then}:
        return None
    return promo.tier_id, amount == promo.first


def _check(terms: Terms, window: Window) -> None:
    if not terms.frequency.recurring:
        raise FieldRefused("frequency", "unknown")
    if not 1 <= terms.payments <= MOST_PAYMENTS:
        raise FieldRefused("payments", "count", most=MOST_PAYMENTS)
    if terms.first.currency != terms.then.currency or not terms.first < terms.then:
        raise FieldRefused("then", "not_higher")
    if window.until_at is not None and window.until_at <= window.from_at:
        raise FieldRefused("until_on", "before_it_begins")


def _check_code(session: Session, code: str) -> None:
    if not _CODE.fullmatch(code):
        raise FieldRefused("code", "not_a_code")
    if session.scalar(select(Promo.id).where(Promo.code == code)) is not None:
        raise FieldRefused("code", "promo_taken")


def _tier(session: Session, terms: Terms) -> Tier:
    """The tier promised: offered, and reached by what is paid in the end."""
    tier = session.get(Tier, terms.tier_id)
    if tier is None or tier.state != TierState.OFFERED:
        raise FieldRefused("tier", "unknown")
    price = next(
        (
            one.amount_minor
            for one in tier.prices
            if (one.frequency, one.currency) == (terms.frequency.value, terms.then.currency)
        ),
        None,
    )
    if price is None or terms.then.minor < price:
        raise FieldRefused("then", "below_the_tier")
    return tier
