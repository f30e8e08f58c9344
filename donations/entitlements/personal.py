"""What entitlements and comps hold of one person: told to them, and forgotten with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from donations.entitlements.comp_models import Comp
from donations.entitlements.comps import drop_comps
from donations.entitlements.granting import move
from donations.entitlements.models import Entitlement
from donations.entitlements.states import State

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

_OVER = (State.ENDED.value, State.REVOKED.value)


def told_of_entitlements(
    session: Session, supporter_id: int, mailboxes: Collection[bytes]
) -> dict[str, Any]:
    """For the export: every tier they had or have, and what staff gave them and why."""
    mine = select(Entitlement).where(Entitlement.supporter_id == supporter_id)
    theirs = or_(Comp.supporter_id == supporter_id, Comp.email_index.in_(mailboxes))
    given = select(Comp).where(theirs).order_by(Comp.id)
    return {
        "tiers": [
            {
                "tier": one.tier.code,
                "because_of": one.origin,
                "state": one.state,
                "from": one.starts_at.isoformat(),
                "until": None if one.ends_at is None else one.ends_at.isoformat(),
            }
            for one in session.scalars(mine.order_by(Entitlement.id))
        ],
        "given_by_staff": [
            {
                "tier": one.tier.code,
                "reason": one.reason,
                "from": one.starts_at.isoformat(),
                "until": one.ends_at.isoformat(),
                "revoked": one.revoked_at is not None,
            }
            for one in session.scalars(given)
        ],
    }


def forget_entitlements(
    session: Session, supporter_id: int, mailboxes: Collection[bytes], *, now: datetime
) -> None:
    """End what somebody has, and destroy the addresses of what waits; the caller commits."""
    for index in mailboxes:
        drop_comps(session, index, now=now)
    for comp in session.scalars(select(Comp).where(Comp.supporter_id == supporter_id)):
        comp.revoked_at = comp.revoked_at or now
    mine = select(Entitlement).where(
        Entitlement.supporter_id == supporter_id, Entitlement.state.not_in(_OVER)
    )
    for one in session.scalars(mine):
        move(one, State.ENDED, because="forgotten")
    session.flush()
