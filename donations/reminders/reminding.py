"""Sets and ends reminders: one for a person and month, the latest choice counting.

An address is kept sealed while a letter is owed to it and for some weeks after the last one, so
that its reader can ask for another from the letter; who cancels is forgotten at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update

from donations.kernel.cadence import Frequency
from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound
from donations.kernel.money import Money
from donations.mailer.suppressing import REMINDERS, lift, suppress
from donations.reminders.ending import end
from donations.reminders.models import Reminder
from donations.reminders.promising import EMAIL_COLUMN, promise
from donations.reminders.wishes import Choice, DayNotOffered, Wish
from donations.vault.sealed import Forgotten, open_data_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

__all__ = ["Choice", "DayNotOffered", "Wish", "again", "cancel_reminder", "find_reminder"]
__all__ += ["never", "note_opened", "owed_with", "set_reminder"]

JOB: Final = "reminder"


def set_reminder(
    session: Session,
    master: MasterKey,
    wish: Wish,
    *,
    zone: ZoneInfo,
    now: datetime,
    holdout_percent: int = 0,
) -> Reminder:
    """Promise what is wished, once for a person and month, and commit.

    Asking again un-cancels the reminder and replaces its choice; a month whose letter went out
    stays as it is.  A new series takes the place of an old one.  Of the reminders for a month,
    `holdout_percent` are held back to its middle.  `wish.email` has been checked.  Raises
    `DayNotOffered`.
    """
    return promise(session, master, wish, zone=zone, now=now, holdout_percent=holdout_percent)


def again(
    session: Session,
    master: MasterKey,
    public_id: str,
    due_on: date,
    *,
    zone: ZoneInfo,
    now: datetime,
) -> Reminder:
    """Promise another letter to the address of a reminder, asked for from its letter; commits.

    In the month of the old one it is that one's second letter; a third is refused.  Raises
    `DayNotOffered`, and `NotFound` once the address is forgotten.
    """
    old = find_reminder(session, public_id)
    try:
        envelope = open_data_key(session, master, old.data_key_id)
    except Forgotten:
        raise NotFound from None
    choice = None
    if old.frequency and old.amount_minor and old.currency:
        choice = Choice(Frequency(old.frequency), Money(old.amount_minor, old.currency))
    wish = Wish(
        email=envelope.open(EMAIL_COLUMN, old.email_sealed),
        due_on=due_on,
        language=old.language,
        placement="letter",
        choice=choice,
        stage=old.stage,
        campaign=old.campaign,
    )
    return promise(session, master, wish, zone=zone, now=now, anew=True)


def cancel_reminder(session: Session, public_id: str, now: datetime) -> Reminder:
    """Take back this promise and every other still owed to the same person, and commit.

    One already sent or cancelled stays as it is.  Raises `NotFound`.
    """
    begin_write(session)
    reminder = find_reminder(session, public_id)
    for owed in owed_with(session, reminder, to_change=True):
        end(session, owed, "cancelled", now)
    session.commit()
    return reminder


def never(session: Session, public_id: str, now: datetime) -> None:
    """Write no reminder to this person ever again, forget their address, and commit.

    Raises `NotFound`.
    """
    begin_write(session)
    reminder = find_reminder(session, public_id)
    index = reminder.email_index
    suppress(session, index, REMINDERS, reason="asked", source="reader", now=now)
    theirs = select(Reminder).where(Reminder.email_index == index).with_for_update()
    for one in session.scalars(theirs).all():
        end(session, one, "cancelled" if one.state == "set" else one.state, now)
    session.commit()


def welcome_again(session: Session, public_id: str) -> None:
    """Take back what `never` said for this person; commits.  Only they have the letter's link.

    Reminders that were ended stay ended.  Raises `NotFound`.
    """
    begin_write(session)
    lift(session, find_reminder(session, public_id).email_index, REMINDERS)
    session.commit()


def note_opened(session: Session, public_id: str, now: datetime) -> None:
    """Count that the link of a letter was opened, the first time; commits.  Unknown ids are none.

    Only a letter that went out has a link: others are somebody's guess.
    """
    begin_write(session)
    session.execute(
        update(Reminder)
        .where(Reminder.public_id == public_id, Reminder.opened_at.is_(None), Reminder.sent > 0)
        .values(opened_at=now)
    )
    session.commit()


def owed_with(
    session: Session, reminder: Reminder, *, to_change: bool = False
) -> Sequence[Reminder]:
    """What is still owed to the person of `reminder`, itself included, the nearest first."""
    return owed_to(session, reminder.email_index, to_change=to_change)


def owed_to(session: Session, email_index: bytes, *, to_change: bool = False) -> Sequence[Reminder]:
    """What is still owed to a mailbox, the nearest first."""
    query = (
        select(Reminder)
        .where(Reminder.email_index == email_index, Reminder.state == "set")
        .order_by(Reminder.due_at)
    )
    return session.scalars(query.with_for_update() if to_change else query).all()


def find_reminder(session: Session, public_id: str, *, to_change: bool = False) -> Reminder:
    """The reminder of that public name, locked if it is to change.  Raises `NotFound`."""
    query = select(Reminder).where(Reminder.public_id == public_id)
    found = session.scalar(query.with_for_update() if to_change else query)
    if found is None:
        raise NotFound
    return found
