"""How much a supporter lets us write: everything they ticked, only what is needed, or nothing.

By the blind index of their mailbox, as everywhere; whoever is signed in has proved that it is
theirs, so what their mailbox said before they may take back here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from donations.kernel.database import begin_write
from donations.mailer.suppressing import (
    EVERYTHING,
    REMINDERS,
    UNASKED,
    WISHES,
    lift,
    suppress,
    suppressions,
)
from donations.newsletters.leaving import drop
from donations.reminders.ending import end
from donations.reminders.reminding import owed_to

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

_READER: Final = "reader"


class Level(StrEnum):
    """How much may be written.  `RETURNED` is no wish: letters came back."""

    WISHED = "wished"
    NEEDED = "needed"
    ASKED = "asked"
    RETURNED = "returned"


_SCOPE: Final = {Level.NEEDED: WISHES, Level.ASKED: UNASKED}


def level_of(session: Session, email_index: bytes) -> Level:
    """How much may be written to this mailbox."""
    scopes = {row.scope for row in suppressions(session, email_index)}
    for scope, level in (
        (EVERYTHING, Level.RETURNED),
        (UNASKED, Level.ASKED),
        (WISHES, Level.NEEDED),
    ):
        if scope in scopes:
            return level
    return Level.WISHED


def choose_level(session: Session, email_index: bytes, level: Level, *, now: datetime) -> None:
    """Write no more than this to the mailbox from now on.  Commits.

    Below `WISHED` every newsletter and reminder of the mailbox ends.  What came back is tried
    again, whatever is chosen.
    """
    begin_write(session)
    for earlier in (EVERYTHING, UNASKED, WISHES):
        lift(session, email_index, earlier)
    scope = _SCOPE.get(level)
    if scope is not None:
        suppress(session, email_index, scope, reason="asked", source=_READER, now=now)
        drop(session, email_index, now)
        _end_reminders(session, email_index, now)
    session.commit()


def wants_reminders(session: Session, email_index: bytes) -> bool:
    """Whether reminders may go to the mailbox, as far as its owner spoke of reminders."""
    return all(row.scope != REMINDERS for row in suppressions(session, email_index))


def choose_reminders(session: Session, email_index: bytes, *, wanted: bool, now: datetime) -> None:
    """Let reminders come or never more.  Commits.  Those owed end with the second."""
    begin_write(session)
    if wanted:
        lift(session, email_index, REMINDERS)
    else:
        suppress(session, email_index, REMINDERS, reason="asked", source=_READER, now=now)
        _end_reminders(session, email_index, now)
    session.commit()


def take_back_reminders(session: Session, email_index: bytes, now: datetime) -> None:
    """End every reminder owed to the mailbox; others may be asked for again.  Commits."""
    begin_write(session)
    _end_reminders(session, email_index, now)
    session.commit()


def _end_reminders(session: Session, email_index: bytes, now: datetime) -> None:
    for owed in owed_to(session, email_index, to_change=True):
        end(session, owed, "cancelled", now)
