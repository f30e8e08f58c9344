"""Promises the letters that are owed now: a job every few minutes.

No more letters are promised than may wait at once; the rest are found the next time.  A letter is
keyed by its reminder and its number, so finding it twice is finding it once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import String, case, cast, exists, literal, select

from donations.jobs.models import Job
from donations.jobs.outbox import enqueue_many, replay, room
from donations.kernel.database import begin_write
from donations.reminders.models import Reminder
from donations.reminders.reminding import JOB

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

DUE_JOB: Final = "reminders_due"
EVERY: Final = timedelta(minutes=5)
_AT_ONCE: Final = 500


def promise_due(session: Session, _arguments: Mapping[str, Any], now: datetime) -> None:
    """Promise a letter for every reminder that is owed one and has none promised."""
    begin_write(session)
    left = room(session, JOB)
    after: tuple[datetime, int] | None = None
    while left > 0:
        found = _some(session, now, after, min(left, _AT_ONCE))
        if not found:
            return
        work = [
            (letter_key(name, sent + 1), {"reminder": name, "number": sent + 1})
            for _at, _id, name, sent in found
        ]
        promised = enqueue_many(session, JOB, work, now=now)
        if promised < len(work):
            promised += _promise_again(session, [key for key, _ in work], now)
        left -= promised
        after = found[-1][0], found[-1][1]


def letter_key(public_id: str, number: int) -> str:
    """The key of a letter and of its job: the first one's is that of releases before."""
    return f"{JOB}:{public_id}" if number == 1 else f"{JOB}:{public_id}:{number}"


def _promise_again(session: Session, keys: list[str], now: datetime) -> int:
    """Open the jobs again that ended without a letter, as it was cancelled then; how many."""
    ended = select(Job.key).where(Job.key.in_(keys), Job.state == "done").with_for_update()
    return sum(replay(session, key, now=now) for key in session.scalars(ended).all())


def _some(
    session: Session, now: datetime, after: tuple[datetime, int] | None, limit: int
) -> list[tuple[datetime, int, str, int]]:
    promised = exists().where(Job.key == key_owed(), Job.state != "done")
    statement = select(Reminder.due_at, Reminder.id, Reminder.public_id, Reminder.sent).where(
        Reminder.state == "set", Reminder.due_at <= now, ~promised
    )
    if after is not None:
        at, last = after
        statement = statement.where(
            (Reminder.due_at > at) | ((Reminder.due_at == at) & (Reminder.id > last))
        )
    rows = session.execute(statement.order_by(Reminder.due_at, Reminder.id).limit(limit))
    return [(at, number, name, sent) for at, number, name, sent in rows if at is not None]


def key_owed() -> ColumnElement[str]:
    """`letter_key` of the letter owed next, in the database."""
    first = literal(f"{JOB}:") + Reminder.public_id
    return case((Reminder.sent == 0, first), else_=first + ":" + cast(Reminder.sent + 1, String))
