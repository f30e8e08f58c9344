"""Signed-in browsers: a row per session, ended by idleness, by age, or by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update

from donations.kernel.database import begin_write
from donations.kernel.ids import new_token, token_digest
from donations.staff.models import StaffMember, StaffSession

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

IDLE: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(hours=8)
_NOTED_EVERY: Final = timedelta(seconds=30)  # not every page view needs a write


def open_session(session: Session, member: StaffMember, now: datetime) -> str:
    """A new session's token, of which the database keeps only a digest; the caller commits."""
    token = new_token()
    row = StaffSession(
        token_digest=token_digest(token),
        staff_id=member.id,
        created_at=now,
        seen_at=now,
    )
    session.add(row)
    return token


def member_for(session: Session, token: str, now: datetime) -> StaffMember | None:
    """Who is signed in with `token`, or None once the session is over.

    Notes that the session was used, in a transaction of its own.
    """
    row = session.scalar(_live(token, now))
    if row is None:
        return None
    session_id, staff_id, seen_at = row.id, row.staff_id, row.seen_at
    if now - seen_at >= _NOTED_EVERY:
        begin_write(session)
        session.execute(
            update(StaffSession).where(StaffSession.id == session_id).values(seen_at=now)
        )
        session.commit()
    return session.get(StaffMember, staff_id)


def sign_out(session: Session, token: str, now: datetime) -> None:
    """End the session of `token`, if there is one; commits."""
    begin_write(session)
    session.execute(
        update(StaffSession)
        .where(
            StaffSession.token_digest == token_digest(token),
            StaffSession.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
    session.commit()


def _live(token: str, now: datetime) -> Select[StaffSession]:
    return (
        select(StaffSession)
        .join(StaffSession.member)
        .where(
            StaffSession.token_digest == token_digest(token),
            StaffSession.ended_at.is_(None),
            StaffSession.seen_at > now - IDLE,
            StaffSession.created_at > now - LONGEST,
            StaffMember.disabled_at.is_(None),
        )
    )
