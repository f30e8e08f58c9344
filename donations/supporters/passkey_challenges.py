"""Challenges for passkeys: each is good for one answer, within five minutes."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, select

from donations.kernel.database import begin_write
from donations.kernel.errors import TryAgainLater
from donations.kernel.ids import token_digest
from donations.supporters.account_models import PasskeyChallenge

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

LIVES: Final = timedelta(minutes=5)
MOST_OF_ALL: Final = 3_000
"""How many there may be at once; so many readers do not sign in within five minutes."""
_BYTES: Final = 32


def new_challenge(session: Session, supporter_id: int | None, now: datetime) -> bytes:
    """A challenge for this supporter, or for whoever wants to sign in.  Commits.

    Raises `TryAgainLater` while too many ask at once.
    """
    challenge = secrets.token_bytes(_BYTES)
    begin_write(session)
    lately = select(func.count()).where(PasskeyChallenge.made_at > now - LIVES)
    if (session.scalar(lately) or 0) >= MOST_OF_ALL:
        session.rollback()
        raise TryAgainLater(at=now + LIVES)
    session.add(
        PasskeyChallenge(
            challenge_digest=_digest(challenge), supporter_id=supporter_id, made_at=now
        )
    )
    session.commit()
    return challenge


def take_challenge(
    session: Session, challenge: bytes, supporter_id: int | None, now: datetime
) -> bool:
    """Whether this challenge was ours to this supporter, and unanswered; it is answered now.

    The caller commits, whatever comes of the answer: a wrong one uses it up too.
    """
    mine = (
        PasskeyChallenge.supporter_id.is_(None)
        if supporter_id is None
        else PasskeyChallenge.supporter_id == supporter_id
    )
    taken = session.scalar(
        delete(PasskeyChallenge)
        .where(
            PasskeyChallenge.challenge_digest == _digest(challenge),
            mine,
            PasskeyChallenge.made_at > now - LIVES,
        )
        .returning(PasskeyChallenge.id)
        .execution_options(synchronize_session=False)
    )
    return taken is not None


def _digest(challenge: bytes) -> bytes:
    return token_digest(challenge.hex())
