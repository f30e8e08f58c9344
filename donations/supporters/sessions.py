"""Signed-in browsers: a row per session, ended by idleness, by age, or by hand.

A session begins with a new token, never with one a browser brought along.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, update

from donations.kernel.database import begin_write
from donations.kernel.ids import new_token, token_digest
from donations.supporters.account_models import AccountSession
from donations.supporters.models import Supporter

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)
_NOTED_EVERY: Final = timedelta(minutes=1)  # not every page view needs a write


def open_session(session: Session, supporter_id: int, now: datetime) -> str:
    """A new session's token, of which the database keeps only a digest; the caller commits."""
    token = new_token()
    session.add(
        AccountSession(
            token_digest=token_digest(token),
            supporter_id=supporter_id,
            created_at=now,
            seen_at=now,
        )
    )
    return token


def supporter_of(session: Session, token: str, now: datetime) -> Supporter | None:
    """Who is signed in with `token`; None once the session is over or the person forgotten.

    Notes that the session was used, in a transaction of its own.
    """
    row = session.scalar(
        select(AccountSession).where(
            AccountSession.token_digest == token_digest(token), *_is_live(now)
        )
    )
    if row is None:
        return None
    session_id, supporter_id, seen_at = row.id, row.supporter_id, row.seen_at
    if now - seen_at >= _NOTED_EVERY:
        begin_write(session)
        used = update(AccountSession).where(AccountSession.id == session_id)
        session.execute(used.values(seen_at=now))
        session.commit()
    supporter = session.get(Supporter, supporter_id)
    return None if supporter is None or supporter.forgotten_at is not None else supporter


def live_sessions(session: Session, supporter_id: int, now: datetime) -> int:
    """In how many browsers a supporter is signed in."""
    mine = select(func.count()).where(AccountSession.supporter_id == supporter_id, *_is_live(now))
    return session.scalar(mine) or 0


def sign_out(session: Session, token: str, now: datetime) -> None:
    """End the session of `token`, if there is one.  Commits."""
    begin_write(session)
    _end(session, AccountSession.token_digest == token_digest(token), now)
    session.commit()


def sign_out_everywhere(session: Session, supporter_id: int, now: datetime) -> None:
    """End every session of a supporter.  Commits."""
    begin_write(session)
    end_all(session, supporter_id, now)
    session.commit()


def end_all(session: Session, supporter_id: int, now: datetime) -> None:
    """End every session of a supporter; the caller commits."""
    _end(session, AccountSession.supporter_id == supporter_id, now)


def _end(session: Session, which: ColumnElement[bool], now: datetime) -> None:
    session.execute(
        update(AccountSession)
        .where(which, AccountSession.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )


def _is_live(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        AccountSession.ended_at.is_(None),
        AccountSession.seen_at > now - IDLE,
        AccountSession.created_at > now - LONGEST,
    )
