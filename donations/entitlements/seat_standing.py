"""Seats follow their group's membership: they rest, end and grow fewer with it.

Everybody holds the membership's row first, then the group's and then the seats', so that two who
follow the same group, or one who follows it while an invitation is taken, wait for each other.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, update

from donations.entitlements import granting
from donations.entitlements.group_models import GroupSeat, MembershipGroup
from donations.entitlements.group_states import LIVING, SeatState, may_become
from donations.entitlements.seats import in_force, is_over, paid_seats
from donations.entitlements.states import Origin, State
from donations.giving.models import Membership
from donations.giving.states import MembershipState
from donations.kernel.database import begin_write
from donations.kernel.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

ROUND_JOB: Final = "group_seats"
EVERY: Final = timedelta(hours=1)
LIVES: Final = timedelta(days=30)
"""How long an invitation may be taken, and counted."""


def follow_all(session: Session, _arguments: Mapping[str, Any], now: datetime) -> None:
    """Let every living group stand as its membership does: a job's handler."""
    begin_write(session)
    living = select(MembershipGroup.id).where(MembershipGroup.ended_at.is_(None))
    for group_id in session.scalars(living.order_by(MembershipGroup.id)).all():
        follow_group(session, held_group(session, group_id), now=now)
    session.execute(
        update(GroupSeat)
        .where(
            GroupSeat.email_index.is_not(None),
            GroupSeat.ended_at.is_not(None),
            GroupSeat.invited_at <= now - LIVES,
        )
        .values(email_index=None)
        .execution_options(synchronize_session=False)
    )


def follow_seats(session: Session, membership: Membership, *, now: datetime) -> None:
    """Let the membership's group stand as it does, if it has one; the caller commits."""
    found = select(MembershipGroup.id).where(
        MembershipGroup.membership_id == membership.id, MembershipGroup.ended_at.is_(None)
    )
    group_id = session.scalar(found)
    if group_id is not None:
        follow_group(session, held_group(session, group_id), now=now)


def follow_group(session: Session, group: MembershipGroup, *, now: datetime) -> None:
    """End what is not paid for any more, the newest first; let the rest rest or go on.

    Open invitations go before seats that somebody has.  The caller holds the row and commits.
    """
    expire(session, group, now=now)
    room = max(0, paid_seats(session, group) - 1)
    seats = living_seats(session, group)
    order = sorted(seats, key=lambda one: (one.state == SeatState.INVITED, one.invited_at, one.id))
    for seat in order[room:]:
        taken = seat.state == SeatState.TAKEN
        end_seat(session, seat, SeatState.ENDED if taken else SeatState.WITHDRAWN, now=now)
    if is_over(session, group.membership) or _is_one_again(session, group):
        group.ended_at = group.ended_at or now
    else:  # the amount is for several people, so it reaches no higher tier
        group.membership.tier_id = group.tier_id
    rests = _rests(session, group.membership)
    for seat in order[:room]:
        given = granting.current(session, Origin.SEAT, seat.id)
        if given is not None:
            granting.move(given, State.RESTING if rests else State.ACTIVE)


def expire(session: Session, group: MembershipGroup, *, now: datetime) -> None:
    """Invitations nobody took in time."""
    for seat in living_seats(session, group):
        if seat.state == SeatState.INVITED and seat.expires_at <= now:
            end_seat(session, seat, SeatState.EXPIRED, now=now)


def end_seat(session: Session, seat: GroupSeat, to: SeatState, *, now: datetime) -> None:
    """Move a seat to one of its ends, with what it gave; its address and link are destroyed.

    The blind index stays while invitations of the mailbox are counted.  The caller commits.  Raises
    `NotAllowed`.
    """
    move_seat(seat, to)
    seat.ended_at = now
    seat.email_sealed = seat.token_sealed = None
    given = granting.current(session, Origin.SEAT, seat.id)
    if given is not None:
        granting.move(given, State.ENDED, because=to.value)


def move_seat(seat: GroupSeat, to: SeatState) -> None:
    """Move it by the table.  Raises `NotAllowed`."""
    if not may_become(SeatState(seat.state), to):
        raise NotAllowed("not_a_move")
    seat.state = to.value


def living_seats(session: Session, group: MembershipGroup) -> Sequence[GroupSeat]:
    """The seats that somebody has or is invited to, the oldest first."""
    states = [state.value for state in LIVING]
    mine = select(GroupSeat).where(GroupSeat.group_id == group.id, GroupSeat.state.in_(states))
    return session.scalars(mine.order_by(GroupSeat.id)).all()


def held_group(session: Session, group_id: int) -> MembershipGroup:
    """A group's row with its membership's, held until the caller commits."""
    mine = select(MembershipGroup.membership_id).where(MembershipGroup.id == group_id)
    session.scalars(select(Membership.id).where(Membership.id.in_(mine)).with_for_update()).all()
    found = select(MembershipGroup).where(MembershipGroup.id == group_id).with_for_update()
    return session.scalars(found.execution_options(populate_existing=True)).one()


def _is_one_again(session: Session, group: MembershipGroup) -> bool:
    """Whether its holder wants no other seats, and has none paid any more."""
    wanted, _each = in_force(session, group)
    return group.seats == wanted == 1


def _rests(session: Session, membership: Membership) -> bool:
    """A seat rests when what the membership gives its own supporter does."""
    own = granting.current(session, Origin.MEMBERSHIP, membership.id)
    if own is not None:
        return own.state == State.RESTING
    return membership.state == MembershipState.PAUSED
