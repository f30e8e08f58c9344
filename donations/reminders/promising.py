"""Writes a wish down as a promise: one row for a person and month, the latest choice counting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from donations.kernel.database import begin_write
from donations.kernel.ids import public_id as new_public_id
from donations.reminders.ending import end
from donations.reminders.models import MOST_LETTERS, Reminder
from donations.reminders.timing import due_at, is_offered, local_date
from donations.reminders.wishes import DayNotOffered, Wish, is_drawn, is_held_back
from donations.vault.keys import normalised_email
from donations.vault.sealed import destroy_data_key, new_data_key

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

EMAIL_COLUMN: Final = "reminder.email"
_ROUNDS: Final = 3


def promise(
    session: Session,
    master: MasterKey,
    wish: Wish,
    *,
    zone: ZoneInfo,
    now: datetime,
    holdout_percent: int = 0,
    anew: bool = False,
) -> Reminder:
    """The row of the promise, committed.

    A month whose letter went out stays as it is, unless its own letter asks `anew`: then there is
    one more, as if it had been ticked, and no third.  Raises `DayNotOffered`.
    """
    if not is_offered(wish.due_on, local_date(now, zone)):
        raise DayNotOffered
    for _ in range(_ROUNDS):
        begin_write(session)
        try:
            reminder, untouched = _row(session, master, wish, now, anew=anew)
            if not untouched:
                _write(session, master, reminder, wish, now, anew=anew)
                _draw(master, reminder, wish, holdout_percent, zone, now)
            session.commit()
        except DayNotOffered:
            session.rollback()
            raise
        except IntegrityError:
            session.rollback()  # the same person asked twice at once: theirs is there now
        else:
            return reminder
    message = "a reminder kept colliding with another"
    raise RuntimeError(message)


def _row(
    session: Session, master: MasterKey, wish: Wish, now: datetime, *, anew: bool
) -> tuple[Reminder, bool]:
    """The row of the wish's person and month, and whether it stays as it is."""
    index = master.index("email", normalised_email(wish.email))
    month = wish.due_on.replace(day=1)
    if wish.every_months is not None:
        _end_series(session, index, now)
    same = select(Reminder).where(Reminder.email_index == index, Reminder.month == month)
    reminder = session.scalar(same.with_for_update())
    if reminder is None:
        name = new_public_id()
        return Reminder(public_id=name, email_index=index, month=month, sent=0, attempts=0), False
    if reminder.state == "sent" and not anew:
        return reminder, True
    if wish.every_months is None and reminder.sent >= MOST_LETTERS:
        if anew:
            raise DayNotOffered
        return reminder, True
    return reminder, False


def _end_series(session: Session, email_index: bytes, now: datetime) -> None:
    series = select(Reminder).where(
        Reminder.email_index == email_index,
        Reminder.state == "set",
        Reminder.every_months.is_not(None),
    )
    for old in session.scalars(series.with_for_update()).all():
        end(session, old, "cancelled", now)
    session.flush()


def _draw(
    master: MasterKey, reminder: Reminder, wish: Wish, percent: int, zone: ZoneInfo, now: datetime
) -> None:
    """Set when the letter is due, and on which side of the comparison it stands.

    Once the month has begun a side is not left any more, or only one of them could be.
    """
    stays = reminder.drawn and due_at(reminder.month, zone) <= now
    if not stays:
        reminder.drawn = is_drawn(wish, percent)
        reminder.held_back = is_held_back(master, wish, percent)
    waits = reminder.held_back and not stays
    reminder.due_at = due_at(wish.due_on, zone, held_back=waits)


def _write(
    session: Session,
    master: MasterKey,
    reminder: Reminder,
    wish: Wish,
    now: datetime,
    *,
    anew: bool,
) -> None:
    """Write the wish into the row, its address under a key of its own, the old key destroyed."""
    with session.no_autoflush:
        old_key_id = reminder.data_key_id
        key, envelope = new_data_key(session, master, now)
    reminder.data_key_id = key.id
    reminder.email_sealed = envelope.seal(EMAIL_COLUMN, wish.email)
    reminder.language = wish.language
    if not (anew and reminder.sent):  # where it was asked for is where the first letter was
        reminder.placement, reminder.stage = wish.placement, wish.stage
        reminder.campaign = wish.campaign
    reminder.frequency = wish.choice.frequency.value if wish.choice else None
    reminder.amount_minor = wish.choice.amount.minor if wish.choice else None
    reminder.currency = wish.choice.amount.currency if wish.choice else None
    reminder.due_on, reminder.every_months = wish.due_on, wish.every_months
    # What is asked for from the first letter is the second one, as if it had been ticked.
    reminder.second = wish.second or (anew and reminder.sent > 0)
    reminder.state, reminder.due_at = "set", now
    reminder.created_at = now
    reminder.cancelled_at = reminder.forget_at = None
    session.add(reminder)
    session.flush()
    if old_key_id is not None:
        destroy_data_key(session, old_key_id, now)
