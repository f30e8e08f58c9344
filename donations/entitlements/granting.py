"""Gives entitlements and moves them, by the one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from donations.entitlements.models import Entitlement
from donations.entitlements.states import Origin, State, is_a_move
from donations.kernel.errors import NotAllowed
from donations.kernel.ids import public_id
from donations.tiers.models import Tier

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session


def grant(
    session: Session,
    *,
    tier_id: int,
    supporter_id: int | None,
    origin: Origin,
    origin_id: int,
    now: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Entitlement:
    """Give an entitlement, or the one the same row gives already.  The caller commits."""
    living = current(session, origin, origin_id)
    if living is not None and living.tier_id == tier_id:
        return living
    begins = starts_at or now
    number = select(func.count()).where(
        Entitlement.origin == origin.value, Entitlement.origin_id == origin_id
    )
    row = Entitlement(
        public_id=public_id(),
        tier_id=tier_id,
        supporter_id=supporter_id,
        origin=origin.value,
        origin_id=origin_id,
        number=(session.scalar(number) or 0) + 1,
        state=(State.ACTIVE if begins <= now else State.WAITING).value,
        starts_at=begins,
        ends_at=ends_at,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def move(entitlement: Entitlement, to: State, *, because: str = "") -> None:
    """Move it; to where it stands already is no move.  Raises `NotAllowed`."""
    before = State(entitlement.state)
    if before is to:
        return
    if not is_a_move(before, to):
        raise NotAllowed("not_a_move")
    entitlement.state, entitlement.ended_because = to.value, because


def current(session: Session, origin: Origin, origin_id: int) -> Entitlement | None:
    """The entitlement a row gives now; None if it gives none, or none any more."""
    return session.scalar(
        select(Entitlement)
        .where(
            Entitlement.origin == origin.value,
            Entitlement.origin_id == origin_id,
            Entitlement.state.not_in((State.ENDED.value, State.REVOKED.value)),
        )
        .order_by(Entitlement.id.desc())
        .limit(1)
    )


def held(session: Session, supporter_id: int, *, now: datetime) -> Sequence[Entitlement]:
    """What a supporter may use at `now`, the highest tier first."""
    mine = (
        select(Entitlement)
        .join(Tier)
        .where(
            Entitlement.supporter_id == supporter_id,
            Entitlement.state == State.ACTIVE.value,
            Entitlement.starts_at <= now,
        )
    )
    rows = session.scalars(mine.order_by(Tier.position.desc(), Entitlement.id)).all()
    return [row for row in rows if row.ends_at is None or row.ends_at > now]
