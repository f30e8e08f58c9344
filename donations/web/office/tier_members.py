"""How many members each tier has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from donations.giving.membership_history import LIVING
from donations.giving.models import Membership

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def members_by_tier(session: Session) -> dict[int, int]:
    """The memberships that are being paid, by the id of their tier."""
    counted = (
        select(Membership.tier_id, func.count())
        .where(Membership.tier_id.is_not(None), Membership.state.in_(LIVING))
        .group_by(Membership.tier_id)
    )
    return {tier: count for tier, count in session.execute(counted) if tier is not None}
