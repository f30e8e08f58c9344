"""Forgets the addresses of reminders in time: a daily job.

Whatever got stuck has an end too: a letter that was given up is waited for as long as an address is
kept after a letter, and one that nobody tried for a year is not owed any more.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import exists, func, or_, select

from donations.jobs.models import Job
from donations.kernel.database import begin_write
from donations.reminders.due import key_owed
from donations.reminders.ending import end
from donations.reminders.models import Reminder
from donations.vault.models import DataKey
from donations.vault.sealed import destroy_data_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

FORGET_JOB: Final = "forget_reminders"
INDEX_BYTES: Final = 32
_LONGEST_OWED: Final = timedelta(days=366)
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class ReminderForgetter:
    """The job of one day; `kept_days` is how long an address is kept after its last letter."""

    kept_days: int

    def __call__(self, session: Session, _arguments: Mapping[str, Any], now: datetime) -> None:
        """Destroy the addresses whose time is over; what is left is a row that names nobody.

        The index by which an address is found becomes a random one.
        """
        before = now - timedelta(days=self.kept_days)
        for stuck in (_owed_too_long(before, now), _kept_too_long(before)):
            while found := _some(session, stuck):
                for reminder in found:
                    state = reminder.state if reminder.state != "set" else _state_of(reminder)
                    end(session, reminder, state, now)
                session.commit()
        while found := _some(session, _over(now)):
            for reminder in found:
                destroy_data_key(session, reminder.data_key_id, now)
                reminder.email_index = secrets.token_bytes(INDEX_BYTES)
                reminder.forget_at = None
            session.commit()


def _some(session: Session, which: Select[Reminder]) -> Sequence[Reminder]:
    begin_write(session)
    chosen = which.order_by(Reminder.id).limit(_AT_ONCE).with_for_update(of=Reminder)
    return session.scalars(chosen).all()


def _over(now: datetime) -> Select[Reminder]:
    return select(Reminder).where(Reminder.state != "set", Reminder.forget_at <= now)


def _owed_too_long(before: datetime, now: datetime) -> Select[Reminder]:
    """Letters that were given up long ago, or that nothing tried to send for a year."""
    given_up = exists().where(Job.key == key_owed(), Job.state == "dead")
    return select(Reminder).where(
        Reminder.state == "set",
        Reminder.due_at <= before,
        or_(given_up, Reminder.due_at <= now - _LONGEST_OWED),
    )


def _kept_too_long(before: datetime) -> Select[Reminder]:
    """Addresses that nothing is owed to, and that have no end of their own."""
    last = func.coalesce(Reminder.last_sent_at, Reminder.cancelled_at, Reminder.created_at)
    kept = exists().where(DataKey.id == Reminder.data_key_id, DataKey.wrapped.is_not(None))
    return select(Reminder).where(
        Reminder.state != "set", Reminder.forget_at.is_(None), last <= before, kept
    )


def _state_of(reminder: Reminder) -> str:
    return "sent" if reminder.sent else "cancelled"
