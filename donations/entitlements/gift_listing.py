"""Gift memberships and groups as staff see them: numbers, states and days, and nobody's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from donations.entitlements.gift_models import GiftMembership
from donations.entitlements.gift_states import REDEEMABLE
from donations.entitlements.gifting import BOUGHT_JOB
from donations.entitlements.group_models import GroupSeat, MembershipGroup
from donations.entitlements.group_states import LIVING, SeatState
from donations.entitlements.seats import paid_seats
from donations.jobs.outbox import enqueue
from donations.kernel.database import begin_write
from donations.kernel.errors import NotAllowed, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.entitlements.gift_states import GiftState

AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class GiftPage:
    """Some gift memberships, the newest first; `after` is where the list goes on."""

    rows: Sequence[GiftMembership]
    after: str | None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A living group: how many seats its holder wants, are paid, are had and are offered."""

    membership: str
    tier: str
    wanted: int
    paid: int
    taken: int
    invited: int


def gift_memberships(
    session: Session, state: GiftState | None = None, *, after: int | None = None
) -> GiftPage:
    """A page of them, in one state or in any; `after` is the number the page before ended with."""
    found = select(GiftMembership).order_by(GiftMembership.id.desc()).limit(AT_ONCE + 1)
    if state is not None:
        found = found.where(GiftMembership.state == state.value)
    if after is not None:
        found = found.where(GiftMembership.id < after)
    rows = session.scalars(found).all()
    shown = rows[:AT_ONCE]
    return GiftPage(shown, str(shown[-1].id) if len(rows) > AT_ONCE else None)


def groups(session: Session) -> list[GroupRow]:
    """Every living group, the oldest first."""
    living = select(MembershipGroup).where(MembershipGroup.ended_at.is_(None))
    counted = (
        select(GroupSeat.group_id, GroupSeat.state, func.count())
        .where(GroupSeat.state.in_([state.value for state in LIVING]))
        .group_by(GroupSeat.group_id, GroupSeat.state)
    )
    seats = {(group, state): number for group, state, number in session.execute(counted)}
    return [
        GroupRow(
            group.membership.public_id,
            group.tier.code,
            group.seats,
            paid_seats(session, group),
            seats.get((group.id, SeatState.TAKEN.value), 0),
            seats.get((group.id, SeatState.INVITED.value), 0),
        )
        for group in session.scalars(living.order_by(MembershipGroup.id))
    ]


def write_again(session: Session, public_id: str, *, now: datetime) -> None:
    """Promise the buyer's letter once more, once a day at most.  Commits.

    Raises `NotFound`, and `NotAllowed` with `over` for a gift whose link opens nothing.
    """
    begin_write(session)
    gift = session.scalar(select(GiftMembership).where(GiftMembership.public_id == public_id))
    if gift is None:
        raise NotFound
    if gift.state not in REDEEMABLE:
        raise NotAllowed("over")
    again = f":{now.date().isoformat()}"
    told = {"gift": gift.id, "again": again}
    enqueue(session, BOUGHT_JOB, f"{BOUGHT_JOB}:{public_id}{again}", told, now=now)
    session.commit()
