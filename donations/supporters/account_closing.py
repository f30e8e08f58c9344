"""Forgets ways into accounts: day by day those that are over, and a person's all at once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, or_

from donations.kernel.database import begin_write
from donations.supporters.account_models import (
    AccountLink,
    AccountSession,
    Passkey,
    PasskeyChallenge,
    SignInAsk,
)
from donations.supporters.sessions import IDLE, LONGEST

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

JOB: Final = "account_cleaning"
EVERY: Final = timedelta(days=1)
_KEPT: Final = timedelta(days=1)
"""A link that is over is known for a day, so that its page can offer a new one; askings are
counted for as long."""


def clean_accounts(session: Session, _arguments: Mapping[str, Any], now: datetime) -> None:
    """Delete askings, links, sessions and challenges that are over: a job's handler."""
    begin_write(session)
    idle, old = AccountSession.seen_at <= now - IDLE, AccountSession.created_at <= now - LONGEST
    for over in (
        delete(SignInAsk).where(SignInAsk.asked_at <= now - _KEPT),
        delete(AccountLink).where(AccountLink.made_at <= now - _KEPT),
        delete(PasskeyChallenge).where(PasskeyChallenge.made_at <= now - _KEPT),
        delete(AccountSession).where(or_(AccountSession.ended_at.is_not(None), idle, old)),
    ):
        session.execute(over.execution_options(synchronize_session=False))


def close_account(session: Session, supporter_id: int) -> None:
    """Delete every way into the account of one supporter; the caller commits."""
    for table in (AccountLink, AccountSession, Passkey, PasskeyChallenge):
        mine = delete(table).where(table.supporter_id == supporter_id)
        session.execute(mine.execution_options(synchronize_session=False))
