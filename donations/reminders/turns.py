"""Whose turn a month is: of all the reminders of a person one speaks in it.

The turn is written down, and held by a constraint of the database, before the letter goes out.  A
second letter was asked for beside the first, so it takes no turn.  What was asked for by its month
or day goes before a series.  Who has no turn waits for the next month, or its series' next day.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, not_, select
from sqlalchemy.exc import IntegrityError, OperationalError

from donations.kernel.cadence import add_months, first_of_month
from donations.kernel.database import begin_write
from donations.reminders.models import Reminder
from donations.reminders.timing import due_at, local_date, next_occurrence

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

_ROUNDS: Final = 5


def take_turns(
    session: Session, names: Collection[str], *, zone: ZoneInfo, now: datetime
) -> frozenset[str]:
    """Those of the reminders `names` that are due and speak now; the others' days are moved.

    Commits.
    """
    for _ in range(_ROUNDS):
        try:
            begin_write(session, swift=True)
            turns = _taken(session, names, zone, now)
            session.commit()
        except (IntegrityError, OperationalError):
            session.rollback()  # another worker gave the month to another reminder of the person
        else:
            return turns
    return frozenset()


def _taken(
    session: Session, names: Collection[str], zone: ZoneInfo, now: datetime
) -> frozenset[str]:
    today = local_date(now, zone)
    month = first_of_month(today)
    due = select(Reminder).where(
        Reminder.public_id.in_(names), Reminder.state == "set", Reminder.due_at <= now
    )
    rows = session.scalars(due.order_by(Reminder.id).with_for_update()).all()
    people = {row.email_index for row in rows}
    spoke, named = _spoke(session, people, month), _named(session, people, month, zone)
    turns = set()
    for row in sorted(rows, key=lambda one: (one.every_months is not None, one.due_at, one.id)):
        if not _is_second(row):
            yields = row.every_months is not None and row.email_index in named
            taken = spoke.get(row.email_index, row.id) != row.id or _has_spoken(row, month, zone)
            if yields or taken:
                row.due_at = _after_silence(row, today, zone)
                continue
            row.spoke_in, spoke[row.email_index] = month, row.id
        turns.add(row.public_id)
    return frozenset(turns)


def _after_silence(reminder: Reminder, today: date, zone: ZoneInfo) -> datetime:
    if reminder.every_months is not None:
        return due_at(next_occurrence(reminder.due_on, reminder.every_months, today), zone)
    return due_at(add_months(first_of_month(today), 1), zone)


def _is_second(reminder: Reminder) -> bool:
    """Whether the letter owed next is the one two weeks after the first, as was ticked."""
    return reminder.every_months is None and reminder.second and reminder.sent > 0


def _spoke(session: Session, people: Collection[bytes], month: date) -> dict[bytes, int]:
    """By person, the reminder whose month it is."""
    whose = select(Reminder.email_index, Reminder.id).where(
        Reminder.email_index.in_(people), Reminder.spoke_in == month
    )
    return {who: number for who, number in session.execute(whose)}  # noqa: C416 - typed rows


def _named(
    session: Session, people: Collection[bytes], month: date, zone: ZoneInfo
) -> frozenset[bytes]:
    """Who is owed a first letter that was asked for by a day or month within this one."""
    begins = datetime.combine(month, time(), zone)
    ends = datetime.combine(add_months(month, 1), time(), zone)
    owed = select(Reminder.email_index).where(
        Reminder.email_index.in_(people),
        Reminder.state == "set",
        Reminder.every_months.is_(None),
        Reminder.due_at >= begins,
        Reminder.due_at < ends,
        not_(and_(Reminder.second, Reminder.sent > 0)),
    )
    return frozenset(session.scalars(owed))


def _has_spoken(row: Reminder, month: date, zone: ZoneInfo) -> bool:
    """Whether its own letter of the month went out; one that failed keeps its turn."""
    if row.spoke_in != month or row.last_sent_at is None:
        return False
    return first_of_month(local_date(row.last_sent_at, zone)) == month
