"""A link by mail opens an account, once, within twenty minutes.

Whoever types an address learns nothing: the asking is written down whether or not the address is
known, and only the job looks for a supporter.  Nobody's mailbox can be flooded through us either:
of many askings for one address only the first few of an hour and of a day are answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, update

from donations.jobs.outbox import enqueue
from donations.kernel.database import begin_write
from donations.kernel.errors import TryAgainLater
from donations.kernel.ids import new_token, token_digest
from donations.supporters.account_models import LONGEST_PATH, AccountLink, SignInAsk
from donations.supporters.aliases import has_mailbox
from donations.supporters.models import Supporter
from donations.supporters.sessions import open_session
from donations.vault.keys import normalised_email

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

LINK_JOB: Final = "account_link"
LIVES: Final = timedelta(minutes=20)
MOST_OF_ONE: Final = ((timedelta(hours=1), 3), (timedelta(days=1), 10))
"""How many askings for one address are answered within a time."""
MOST_OF_ALL: Final = 600
WITHIN: Final = timedelta(minutes=10)
"""How many askings there may be in all within a time; a stream of them is no reader's."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a link opened: a session by its token, and the page its reader was going to."""

    token: str
    next_path: str


def ask_for_link(
    session: Session,
    master: MasterKey,
    email: str,
    *,
    language: str,
    next_path: str = "",
    now: datetime,
) -> None:
    """Promise a link to whoever holds the mailbox, if they are a supporter.  Commits.

    Does the same for every address.  Raises `TryAgainLater` while too many ask at once.
    """
    _ask(session, master.index("email", normalised_email(email)), language, next_path, now)


def ask_for_another(session: Session, token: str, *, language: str, now: datetime) -> bool:
    """Promise a new link to where an old one was sent; false if the old one is not known any more.

    Commits.  Raises `TryAgainLater` while too many ask at once.
    """
    row = session.execute(
        select(Supporter.email_index, AccountLink.next_path)
        .join(AccountLink, AccountLink.supporter_id == Supporter.id)
        .where(AccountLink.token_digest == token_digest(token), Supporter.email_index.is_not(None))
    ).first()
    if row is None or row.email_index is None:
        return False
    _ask(session, row.email_index, language, row.next_path, now)
    return True


def make_link(session: Session, ask: SignInAsk, now: datetime) -> tuple[str, Supporter] | None:
    """A link's token for what was asked; the caller commits.

    None for an address nobody here has, or one that had its share of letters lately.
    """
    supporter = session.scalar(
        select(Supporter).where(has_mailbox(ask.email_index), Supporter.forgotten_at.is_(None))
    )
    if supporter is None or any(
        _asked_before(session, ask, within) >= most for within, most in MOST_OF_ONE
    ):
        return None
    token = new_token()
    session.add(
        AccountLink(
            token_digest=token_digest(token),
            supporter_id=supporter.id,
            next_path=ask.next_path,
            made_at=now,
        )
    )
    return token, supporter


def is_open(session: Session, token: str, now: datetime) -> bool:
    """Whether the link would open an account; looking changes nothing."""
    found = select(AccountLink.id).where(*_opens(token, now))
    return session.scalar(found) is not None


def enter(session: Session, token: str, now: datetime) -> Entry | None:
    """Use the link: a new session for its supporter, and no other link of theirs works any more.

    Commits.  None if it was used, is over, or never was.
    """
    begin_write(session)
    used = session.execute(
        update(AccountLink)
        .where(*_opens(token, now))
        .values(used_at=now)
        .returning(AccountLink.supporter_id, AccountLink.next_path)
        .execution_options(synchronize_session=False)
    ).first()
    supporter = session.get(Supporter, used.supporter_id) if used is not None else None
    if used is None or supporter is None or supporter.forgotten_at is not None:
        session.rollback()
        return None
    end_links(session, supporter.id, now)
    entry = Entry(open_session(session, supporter.id, now), used.next_path)
    session.commit()
    return entry


def end_links(session: Session, supporter_id: int, now: datetime) -> None:
    """Let no link of a supporter work any more; the caller commits."""
    session.execute(
        update(AccountLink)
        .where(AccountLink.supporter_id == supporter_id, AccountLink.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )


def _ask(
    session: Session, email_index: bytes, language: str, next_path: str, now: datetime
) -> None:
    begin_write(session)
    lately = select(func.count()).where(SignInAsk.asked_at > now - WITHIN)
    if (session.scalar(lately) or 0) >= MOST_OF_ALL:
        session.rollback()
        raise TryAgainLater(at=now + WITHIN)
    ask = SignInAsk(
        email_index=email_index,
        language=language,
        next_path=next_path[:LONGEST_PATH],
        asked_at=now,
    )
    session.add(ask)
    session.flush()
    enqueue(session, LINK_JOB, f"{LINK_JOB}:{ask.id}", {"ask": ask.id}, now=now)
    session.commit()


def _asked_before(session: Session, ask: SignInAsk, within: timedelta) -> int:
    """How many askings for the same address came before this one, not longer ago than `within`."""
    earlier = select(func.count()).where(
        SignInAsk.email_index == ask.email_index,
        SignInAsk.id < ask.id,
        SignInAsk.asked_at > ask.asked_at - within,
    )
    return session.scalar(earlier) or 0


def _opens(token: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        AccountLink.token_digest == token_digest(token),
        AccountLink.used_at.is_(None),
        AccountLink.made_at > now - LIVES,
    )
