"""Sets and ends reminders: one for a person and month, the latest choice counting.

An address is kept sealed while a letter is owed to it and for some weeks after the last one, so
that its reader can ask for another from the letter; who cancels is forgotten at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from donations.kernel.cadence import Frequency
from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound, ReaderError
from donations.kernel.ids import public_id as new_public_id
from donations.kernel.money import Money
from donations.mailer.suppressing import REMINDERS, suppress
from donations.reminders.models import Reminder
from donations.reminders.timing import due_at, is_offered, local_date
from donations.vault.keys import normalised_email
from donations.vault.sealed import Forgotten, destroy_data_key, new_data_key, open_data_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

JOB: Final = "reminder"
EMAIL_COLUMN: Final = "reminder.email"
_ROUNDS: Final = 3
_PERCENT: Final = 100


class DayNotOffered(ReaderError):
    """The day is past, today or too far ahead."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader was about to give."""

    frequency: Frequency
    amount: Money


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader asks for: a letter on or from `due_on`, and what it should offer.

    `second` asks for one more two weeks later, `every_months` for a series.  `stage` is `before`,
    `after` or `winback`.
    """

    email: str
    due_on: date
    language: str
    placement: str
    choice: Choice | None = None
    stage: str = "before"
    campaign: str = ""
    second: bool = False
    every_months: int | None = None


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
    return _set(session, master, wish, zone, now, holdout_percent, anew=False)


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

    Raises `DayNotOffered`, and `NotFound` once the address is forgotten.
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
    return _set(session, master, wish, zone, now, 0, anew=True)


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


def end(session: Session, reminder: Reminder, state: str, now: datetime) -> None:
    """Owe nothing of a reminder any more and forget its address, in the caller's transaction."""
    if state == "cancelled" and reminder.state == "set":
        reminder.cancelled_at = now
    reminder.state, reminder.due_at = state, None
    reminder.forget_at = now
    destroy_data_key(session, reminder.data_key_id, now)


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
    query = (
        select(Reminder)
        .where(Reminder.email_index == reminder.email_index, Reminder.state == "set")
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


def _set(
    session: Session,
    master: MasterKey,
    wish: Wish,
    zone: ZoneInfo,
    now: datetime,
    holdout_percent: int,
    *,
    anew: bool,
) -> Reminder:
    if not is_offered(wish.due_on, local_date(now, zone)):
        raise DayNotOffered
    for _ in range(_ROUNDS):
        begin_write(session)
        try:
            reminder = _written(session, master, wish, now, anew=anew)
            if reminder.state == "set":
                held_back = is_held_back(master, wish, holdout_percent)
                reminder.held_back = held_back
                reminder.due_at = due_at(wish.due_on, zone, held_back=held_back)
            session.commit()
        except IntegrityError:
            session.rollback()  # the same person asked twice at once: theirs is there now
        else:
            return reminder
    message = "a reminder kept colliding with another"
    raise RuntimeError(message)


def is_held_back(master: MasterKey, wish: Wish, percent: int) -> bool:
    """Whether a wish for a month is among those compared with the others: by a keyed hash.

    Never one for an exact day (the first of a month stands for the month), a series, or a pair.
    """
    if wish.due_on.day != 1 or wish.second or wish.every_months is not None:
        return False
    drawn = master.index("reminder-holdout", f"{normalised_email(wish.email)} {wish.due_on}")
    return int.from_bytes(drawn[:4]) % _PERCENT < percent


def _written(
    session: Session, master: MasterKey, wish: Wish, now: datetime, *, anew: bool
) -> Reminder:
    index = master.index("email", normalised_email(wish.email))
    month = wish.due_on.replace(day=1)
    if wish.every_months is not None:
        _end_series(session, index, now)
    reminder = session.scalar(
        select(Reminder)
        .where(Reminder.email_index == index, Reminder.month == month)
        .with_for_update()
    )
    if reminder is not None and reminder.state == "sent" and not anew:
        return reminder
    if reminder is None:
        reminder = Reminder(
            public_id=new_public_id(), email_index=index, month=month, sent=0, attempts=0
        )
        reminder.created_at = now
    _fill(session, master, reminder, wish, now)
    return reminder


def _end_series(session: Session, email_index: bytes, now: datetime) -> None:
    series = select(Reminder).where(
        Reminder.email_index == email_index,
        Reminder.state == "set",
        Reminder.every_months.is_not(None),
    )
    for old in session.scalars(series.with_for_update()).all():
        end(session, old, "cancelled", now)
    session.flush()


def _fill(
    session: Session, master: MasterKey, reminder: Reminder, wish: Wish, now: datetime
) -> None:
    """Write the wish into the row, its address under a key of its own, the old key destroyed."""
    with session.no_autoflush:
        old_key_id = reminder.data_key_id
        key, envelope = new_data_key(session, master, now)
    reminder.data_key_id = key.id
    reminder.email_sealed = envelope.seal(EMAIL_COLUMN, wish.email)
    reminder.language = wish.language
    reminder.placement, reminder.stage = wish.placement, wish.stage
    reminder.campaign = wish.campaign
    reminder.frequency = wish.choice.frequency.value if wish.choice else None
    reminder.amount_minor = wish.choice.amount.minor if wish.choice else None
    reminder.currency = wish.choice.amount.currency if wish.choice else None
    reminder.due_on, reminder.second = wish.due_on, wish.second
    reminder.every_months = wish.every_months
    reminder.state, reminder.due_at = "set", now
    reminder.cancelled_at = reminder.forget_at = None
    session.add(reminder)
    session.flush()
    if old_key_id is not None:
        destroy_data_key(session, old_key_id, now)
