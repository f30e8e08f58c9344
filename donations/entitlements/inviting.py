"""Inviting to a group's seats: by mailbox and link, taken once, given up by either side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from donations.entitlements import granting
from donations.entitlements.group_models import GroupSeat, MembershipGroup
from donations.entitlements.group_states import SeatState
from donations.entitlements.seat_standing import (
    LIVES,
    end_seat,
    expire,
    follow_group,
    held_group,
    living_seats,
    move_seat,
)
from donations.entitlements.seats import group_of, paid_seats
from donations.entitlements.states import Origin
from donations.jobs.outbox import enqueue
from donations.kernel.database import begin_write
from donations.kernel.errors import NotAllowed, NotFound
from donations.kernel.ids import new_token, public_id, token_digest
from donations.supporters.aliases import mailboxes
from donations.supporters.directory import recognise
from donations.vault.keys import normalised_email
from donations.vault.sealed import open_operational, seal_operational

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

LETTER_JOB: Final = "seat_invitation"
OFTEN: Final = 3
"""How many invitations a mailbox gets within `LIVES`, from all groups together."""
_EMAIL: Final = "group_seat.email"
_TOKEN: Final = "group_seat.token"  # noqa: S105 - a column's name


def invite(
    session: Session,
    master: MasterKey,
    membership_id: int,
    email: str,
    *,
    language: str,
    now: datetime,
) -> GroupSeat:
    """Invite a mailbox to a seat that is paid for, and promise the letter.  Commits.

    Raises `NotFound` where there is no group, and `NotAllowed`: `own` for a mailbox of the holder,
    `already` for one that has a seat or an invitation here, `full` when every paid seat is given
    out, `often` for one that got its share of invitations lately.
    """
    begin_write(session)
    group = _held_by_membership(session, membership_id)
    expire(session, group, now=now)
    index = master.index("email", normalised_email(email))
    _check(session, group, index, now)
    token = new_token()
    seat = GroupSeat(
        public_id=public_id(),
        group_id=group.id,
        state=SeatState.INVITED.value,
        language=language,
        email_sealed=seal_operational(master, _EMAIL, email),
        email_index=index,
        token_digest=token_digest(token),
        token_sealed=seal_operational(master, _TOKEN, token),
        invited_at=now,
        expires_at=now + LIVES,
    )
    session.add(seat)
    session.flush()
    enqueue(session, LETTER_JOB, f"{LETTER_JOB}:{seat.public_id}", {"seat": seat.id}, now=now)
    session.commit()
    return seat


def take_back(session: Session, membership_id: int, seat: str, *, now: datetime) -> None:
    """The group's holder withdraws an invitation, or releases a seat somebody has.  Commits.

    Raises `NotFound` for a seat of another group, or one that is over.
    """
    begin_write(session)
    group = _held_by_membership(session, membership_id)
    found = next((one for one in living_seats(session, group) if one.public_id == seat), None)
    if found is None:
        raise NotFound
    invited = found.state == SeatState.INVITED
    end_seat(session, found, SeatState.WITHDRAWN if invited else SeatState.RELEASED, now=now)
    session.commit()


def leave(session: Session, supporter_id: int, seat: str, *, now: datetime) -> None:
    """Whoever has the seat gives it up.  Commits.  Raises `NotFound`."""
    begin_write(session)
    found = session.scalar(
        select(GroupSeat).where(GroupSeat.public_id == seat, GroupSeat.supporter_id == supporter_id)
    )
    if found is None:
        raise NotFound
    held_group(session, found.group_id)
    session.refresh(found)
    if found.state != SeatState.TAKEN:
        raise NotFound
    end_seat(session, found, SeatState.RELEASED, now=now)
    session.commit()


def find_invitation(session: Session, token: str, *, now: datetime) -> GroupSeat:
    """The seat a link opens; looking changes nothing.

    Raises `NotFound` for a link that was altered, `NotAllowed` with `taken`, or with `over`.
    """
    seat = session.scalar(select(GroupSeat).where(GroupSeat.token_digest == token_digest(token)))
    if seat is None:
        raise NotFound
    if seat.state == SeatState.TAKEN:
        raise NotAllowed("taken")
    if seat.state != SeatState.INVITED or seat.expires_at <= now:
        raise NotAllowed("over")
    return seat


def accept(session: Session, master: MasterKey, token: str, *, now: datetime) -> str:
    """Give the seat to whoever has the invited mailbox, which is handed back.  Commits.

    Raises as `find_invitation` does.
    """
    try:
        return _accept(session, master, token, now)
    except IntegrityError:  # somebody else has just made a supporter of the same mailbox
        session.rollback()
        return _accept(session, master, token, now)


def email_of(master: MasterKey, seat: GroupSeat) -> str | None:
    """The address the holder typed; None once the seat is over."""
    sealed = seat.email_sealed
    return None if sealed is None else open_operational(master, _EMAIL, sealed)


def token_of(master: MasterKey, seat: GroupSeat) -> str | None:
    """The token of the invitation's link; None once it is used or over."""
    sealed = seat.token_sealed
    return None if sealed is None else open_operational(master, _TOKEN, sealed)


def _accept(session: Session, master: MasterKey, token: str, now: datetime) -> str:
    begin_write(session)
    group = held_group(session, find_invitation(session, token, now=now).group_id)
    follow_group(session, group, now=now)
    session.flush()
    session.expire_all()
    seat = find_invitation(session, token, now=now)  # as it stands now that the group is held
    email = email_of(master, seat)
    supporter = recognise(
        session, master, email=email, name=None, customer=None, language=seat.language, now=now
    )
    if email is None or supporter is None:
        raise NotFound
    move_seat(seat, SeatState.TAKEN)
    seat.taken_at, seat.supporter_id, seat.token_sealed = now, supporter.id, None
    granting.grant(
        session,
        tier_id=group.tier_id,
        supporter_id=supporter.id,
        origin=Origin.SEAT,
        origin_id=seat.id,
        now=now,
    )
    follow_group(session, group, now=now)
    session.commit()
    return email


def _check(session: Session, group: MembershipGroup, index: bytes, now: datetime) -> None:
    """Raises `NotAllowed` if this mailbox cannot be invited now."""
    holder = group.membership.supporter
    if holder is not None and index in mailboxes(session, holder):
        raise NotAllowed("own")
    seats = living_seats(session, group)
    if any(seat.email_index == index for seat in seats):
        raise NotAllowed("already")
    if len(seats) >= paid_seats(session, group) - 1:
        raise NotAllowed("full")
    lately = select(func.count()).where(
        GroupSeat.email_index == index, GroupSeat.invited_at > now - LIVES
    )
    if (session.scalar(lately) or 0) >= OFTEN:
        raise NotAllowed("often")


def _held_by_membership(session: Session, membership_id: int) -> MembershipGroup:
    found = group_of(session, membership_id)
    if found is None:
        raise NotFound
    return held_group(session, found.id)
