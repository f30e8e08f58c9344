"""Sends the letters of reminders, many at once, and writes down what each promise is left with.

The cap is kept by construction: a letter has a number, a number is sent once, and after the last
one nothing is owed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import exists, select

from donations.jobs.outbox import bury, fail, finish, finish_many, put_off
from donations.jobs.running import reason_of
from donations.kernel.database import begin_write
from donations.kernel.errors import GivenUp, TryAgainLater
from donations.mailer.postbox import Fate
from donations.reminders.due import letter_key
from donations.reminders.models import Reminder
from donations.reminders.reminding import end, find_reminder
from donations.reminders.timing import SECOND_AFTER, due_at, local_date, next_occurrence
from donations.vault.models import DataKey
from donations.vault.sealed import Forgotten

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from donations.jobs.outbox import Claim
    from donations.kernel.clock import Clock
    from donations.mailer.message import Message
    from donations.mailer.postbox import Postbox, Posted
    from donations.reminders.letters import ReminderLetters

MOST_OF_A_SERIES: Final = 24
"""How many letters a series has at most; its reader may begin another from the last one."""


@dataclass(slots=True)
class ReminderSender:
    """The handler of the jobs `reminder`: each letter once, while it is owed."""

    letters: ReminderLetters
    postbox: Postbox
    at_once: int = 100

    def many(self, session: Session, claims: Sequence[Claim], clock: Clock) -> None:
        """Send the letters of these jobs, and end each job with what became of its letter."""
        written: dict[str, Message] = {}
        held: dict[str, Claim] = {}
        reminders, _keys = _loaded(session, claims)
        for claim in claims:
            key = letter_key(_name(claim), _number(claim))
            message = self._written(session, claim, reminders.get(_name(claim)), clock.now())
            if message is not None:
                written[key], held[key] = message, claim
        posted = self.postbox.post_many(session, list(written.items()))
        self._note(session, [(held[one.key], one) for one in posted if not one.error], clock.now())
        for one in posted:
            if one.error is not None:
                self._give_back(session, held[one.key], one.error, clock.now())

    def _written(
        self, session: Session, claim: Claim, reminder: Reminder | None, now: datetime
    ) -> Message | None:
        """The letter of a job; None, and the job ended, if none is owed now."""
        message = None
        try:
            if reminder is not None and reminder.state == "set" and reminder.sent < _number(claim):
                _wait_for(reminder, now)
                today = local_date(now, self.letters.newsroom.zone)
                if _wrote_this_month(session, reminder, today, self.letters.newsroom.zone):
                    self._skip(session, claim, now)
                    return None
                message = self.letters.message(session, reminder, today)
        except Forgotten:
            pass  # the reader was forgotten meanwhile, so nothing is owed
        except Exception as error:  # noqa: BLE001 - one bad row stops no other
            self._give_back(session, claim, error, now)
            return None
        if message is None:
            begin_write(session)
            finish(session, claim.job_id, claim.lease, now=now)
            session.commit()
        return message

    def _skip(self, session: Session, claim: Claim, now: datetime) -> None:
        """A series says nothing in a month in which another reminder of the person has spoken."""
        begin_write(session)
        reminder = find_reminder(session, _name(claim), to_change=True)
        reminder.sent += 1
        self._go_on(session, reminder, now)
        finish(session, claim.job_id, claim.lease, now=now)
        session.commit()

    def _note(
        self, session: Session, posted: Sequence[tuple[Claim, Posted]], now: datetime
    ) -> None:
        """Write down together what was sent, and what its reader does not want."""
        if not posted:
            return
        begin_write(session, swift=True)
        names = sorted({_name(claim) for claim, _ in posted})
        rows = select(Reminder).where(Reminder.public_id.in_(names)).order_by(Reminder.id)
        found = {row.public_id: row for row in session.scalars(rows.with_for_update())}
        for claim, one in posted:
            reminder = found[_name(claim)]
            if one.fate is Fate.WITHHELD and reminder.state == "set":
                end(session, reminder, "cancelled", now)
            elif one.fate is not Fate.WITHHELD and reminder.sent < _number(claim):
                self._count(session, reminder, now)
        finish_many(session, [claim for claim, _ in posted], now=now)
        session.commit()

    def _count(self, session: Session, reminder: Reminder, now: datetime) -> None:
        reminder.sent += 1
        reminder.attempts += 1
        reminder.sent_at = reminder.sent_at or now
        reminder.last_sent_at = now
        if reminder.state == "set":
            self._go_on(session, reminder, now)

    def _go_on(self, session: Session, reminder: Reminder, now: datetime) -> None:
        """What is owed next; nothing after the last letter, whose address is kept a while."""
        zone = self.letters.newsroom.zone
        today = local_date(now, zone)
        every = reminder.every_months
        if every is not None and reminder.sent < MOST_OF_A_SERIES:
            reminder.due_at = due_at(next_occurrence(reminder.due_on, every, today), zone)
        elif every is None and reminder.second and reminder.sent == 1:
            reminder.due_at = due_at(today + SECOND_AFTER, zone)
        else:
            reminder.state, reminder.due_at = "sent", None
            kept = timedelta(days=self.letters.newsroom.reminder_kept_days)
            reminder.forget_at = now + kept
        session.flush()

    def _give_back(self, session: Session, claim: Claim, error: Exception, now: datetime) -> None:
        begin_write(session)
        reason = reason_of(error)
        at = error.at if isinstance(error, TryAgainLater) else None
        if isinstance(error, GivenUp):
            bury(session, claim.job_id, claim.lease, reason)
        elif at is not None:
            put_off(session, claim.job_id, claim.lease, at, reason, now)
        else:
            fail(session, claim.job_id, claim.lease, reason, now=now)
            _count_attempt(session, claim)
        session.commit()


def _loaded(
    session: Session, claims: Sequence[Claim]
) -> tuple[dict[str, Reminder], Sequence[DataKey]]:
    """The reminders of these jobs, and the keys of their addresses, each read at once."""
    names = {_name(claim) for claim in claims}
    found = session.scalars(select(Reminder).where(Reminder.public_id.in_(names))).all()
    keys = select(DataKey).where(DataKey.id.in_([one.data_key_id for one in found]))
    return {one.public_id: one for one in found}, session.scalars(keys).all()


def _name(claim: Claim) -> str:
    return str(claim.arguments["reminder"])


def _number(claim: Claim) -> int:
    """Which letter of its reminder; a job of the release before has none, and means the first."""
    return int(claim.arguments.get("number", 1))


def _count_attempt(session: Session, claim: Claim) -> None:
    row = select(Reminder).where(Reminder.public_id == _name(claim))
    found = session.scalar(row.with_for_update())
    if found is not None:
        found.attempts += 1


def _wait_for(reminder: Reminder, now: datetime) -> None:
    """Raises `TryAgainLater` if another day was chosen since the letter was promised."""
    if reminder.due_at is not None and reminder.due_at > now:
        message = "another day was chosen since"
        raise TryAgainLater(message, at=reminder.due_at)


def _wrote_this_month(session: Session, reminder: Reminder, today: date, zone: ZoneInfo) -> bool:
    """Whether another reminder of the person had its letter this month, and this one is a series.

    What was asked for by name of its month or day is sent all the same.
    """
    if reminder.every_months is None:
        return False
    begins = datetime.combine(today.replace(day=1), time(), zone)
    other = exists().where(
        Reminder.email_index == reminder.email_index,
        Reminder.id != reminder.id,
        Reminder.last_sent_at >= begins,
    )
    return bool(session.scalar(select(other)))
