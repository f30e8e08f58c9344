"""Sets and cancels reminders: one for a person and a month, the latest choice counting.

An address is kept sealed for as long as a letter is owed to it; once the letter is sent or the
reminder cancelled its key is destroyed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from donations.jobs.outbox import enqueue
from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound, ReaderError
from donations.kernel.ids import public_id as new_public_id
from donations.reminders.models import Reminder
from donations.reminders.months import due_at, local_date, offered_months
from donations.vault.keys import normalised_email
from donations.vault.sealed import destroy_data_key, new_data_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from donations.kernel.cadence import Frequency
    from donations.kernel.money import Money
    from donations.vault.keys import MasterKey

JOB: Final = "reminder"
EMAIL_COLUMN: Final = "reminder.email"
_ROUNDS: Final = 3


class MonthNotOffered(ReaderError):
    """The month is past, present or too far ahead."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader was about to give."""

    frequency: Frequency
    amount: Money


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader asks for: a letter in `month` (its first day), and what it should offer."""

    email: str
    month: date
    language: str
    placement: str
    choice: Choice | None = None


def set_reminder(
    session: Session, master: MasterKey, wish: Wish, *, zone: ZoneInfo, now: datetime
) -> Reminder:
    """Promise one letter, once for a person and month, and commit.

    Asking again un-cancels the reminder and replaces its choice.  `wish.email` has been checked.
    Raises `MonthNotOffered`.
    """
    if wish.month not in offered_months(local_date(now, zone)):
        raise MonthNotOffered
    for _ in range(_ROUNDS):
        begin_write(session)
        try:
            reminder = _written(session, master, wish, now)
            arguments = {"reminder": reminder.public_id}
            run_at = due_at(wish.month, zone)
            key = f"{JOB}:{reminder.public_id}"
            enqueue(session, JOB, key, arguments, now=now, run_at=run_at)
            session.commit()
        except IntegrityError:
            session.rollback()  # the same person asked twice at once: theirs is there now
        else:
            return reminder
    message = "a reminder kept colliding with another"
    raise RuntimeError(message)


def cancel_reminder(session: Session, public_id: str, now: datetime) -> Reminder:
    """Take back this promise and every other still owed to the same person, and commit.

    One already sent or cancelled stays as it is.  The link that leads here stands in a letter, when
    the reminder it belongs to is sent: what is left to cancel are the other months.  Raises
    `NotFound`.
    """
    begin_write(session)
    reminder = find_reminder(session, public_id)
    for owed in owed_with(session, reminder, to_change=True):
        owed.state = "cancelled"
        owed.cancelled_at = now
        destroy_data_key(session, owed.data_key_id, now)
    session.commit()
    return reminder


def owed_with(
    session: Session, reminder: Reminder, *, to_change: bool = False
) -> Sequence[Reminder]:
    """What is still owed to the person of `reminder`, itself included, the nearest month first."""
    query = (
        select(Reminder)
        .where(Reminder.email_index == reminder.email_index, Reminder.state == "set")
        .order_by(Reminder.month)
    )
    return session.scalars(query.with_for_update() if to_change else query).all()


def find_reminder(session: Session, public_id: str, *, to_change: bool = False) -> Reminder:
    """The reminder of that public name, locked if it is to change.  Raises `NotFound`."""
    query = select(Reminder).where(Reminder.public_id == public_id)
    found = session.scalar(query.with_for_update() if to_change else query)
    if found is None:
        raise NotFound
    return found


def _written(session: Session, master: MasterKey, wish: Wish, now: datetime) -> Reminder:
    index = master.index("email", normalised_email(wish.email))
    reminder = session.scalar(
        select(Reminder)
        .where(Reminder.email_index == index, Reminder.month == wish.month)
        .with_for_update()
    )
    if reminder is None:
        reminder = Reminder(
            public_id=new_public_id(), email_index=index, month=wish.month, created_at=now
        )
    elif reminder.state == "sent":
        return reminder
    return _fill(session, master, reminder, wish, now)


def _fill(
    session: Session, master: MasterKey, reminder: Reminder, wish: Wish, now: datetime
) -> Reminder:
    """Write the wish into the row, its address under a key of its own, the old key destroyed."""
    old_key_id = reminder.data_key_id
    key, envelope = new_data_key(session, master, now)
    reminder.data_key_id = key.id
    reminder.email_sealed = envelope.seal(EMAIL_COLUMN, wish.email)
    reminder.language = wish.language
    reminder.placement = wish.placement
    reminder.frequency = wish.choice.frequency.value if wish.choice else None
    reminder.amount_minor = wish.choice.amount.minor if wish.choice else None
    reminder.currency = wish.choice.amount.currency if wish.choice else None
    reminder.state = "set"
    reminder.cancelled_at = None
    session.add(reminder)
    session.flush()
    if old_key_id is not None:
        destroy_data_key(session, old_key_id, now)
    return reminder
