"""What a gift means for reminders: who has given is not reminded, and a letter may have led to it.

A gift counts for a reminder if it came through the letter's link, or within two weeks of the moment
its letter was due: for one held back too, whose letter came only then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from donations.reminders.ending import end
from donations.reminders.models import Reminder
from donations.reminders.timing import HELD_BACK_FOR

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


def note_gift(
    session: Session,
    email_index: bytes | None,
    reminder: str,
    at: datetime,
    *,
    membership: bool = False,
) -> None:
    """Note a gift received `at`, once for each gift, in the transaction that records it.

    `reminder` is the public name of the one whose letter led to it, or empty.  A series goes on
    unless the gift is a `membership`: its reader gives by hand.
    """
    theirs = select(Reminder).where(
        or_(Reminder.public_id == reminder, Reminder.email_index == email_index)
        if email_index is not None
        else Reminder.public_id == reminder
    )
    for one in session.scalars(theirs.with_for_update()).all():
        if one.gave_at is None and (one.public_id == reminder or _in_its_time(one, at)):
            one.gave_at = at
        if one.state == "set" and (one.every_months is None or membership):
            end(session, one, "given", at)


def _in_its_time(reminder: Reminder, at: datetime) -> bool:
    """Whether a gift came within two weeks of the moment the letter was due.

    Of a letter held back that moment is two weeks before it goes out.
    """
    due = reminder.sent_at or reminder.due_at
    if due is None:
        return False
    begins = due - HELD_BACK_FOR if reminder.held_back else due
    return begins <= at < begins + HELD_BACK_FOR
