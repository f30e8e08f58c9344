"""Sends the letters of reminders, many at once, and writes down what each promise is left with.

The caps are kept by construction: a letter has a number, a number is sent once, after the last one
nothing is owed, and whose turn a month is is written down before the letter goes out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update

from donations.kernel.errors import TryAgainLater
from donations.mailer.mailbag import post_claims
from donations.mailer.postbox import Fate
from donations.reminders.due import letter_key
from donations.reminders.ending import end
from donations.reminders.models import MOST_OF_A_SERIES, Reminder
from donations.reminders.timing import SECOND_AFTER, due_at, local_date, next_occurrence
from donations.reminders.turns import take_turns
from donations.vault.sealed import Forgotten, have_at_hand

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.jobs.outbox import Claim
    from donations.kernel.clock import Clock
    from donations.mailer.message import Message
    from donations.mailer.postbox import Postbox
    from donations.reminders.letters import ReminderLetters
    from donations.vault.models import DataKey

_UNTIL_SETTLED: Final = timedelta(minutes=5)


@dataclass(slots=True)
class ReminderSender:
    """The handler of the jobs `reminder`: each letter once, while it is owed."""

    letters: ReminderLetters
    postbox: Postbox
    at_once: int = 100

    def many(self, session: Session, claims: Sequence[Claim], clock: Clock) -> None:
        """Send the letters of these jobs, and end each job with what became of its letter."""
        post_claims(session, self.postbox, self, claims, clock)

    def written(
        self, session: Session, claims: Sequence[Claim], now: datetime
    ) -> dict[int, tuple[str, Message] | Exception]:
        """The letters that are owed now; see `mailbag`."""
        zone = self.letters.newsroom.zone
        names = {_name(claim) for claim in claims}
        turns = take_turns(session, names, zone=zone, now=now)
        reminders, _keys = _loaded(session, claims)
        written: dict[int, tuple[str, Message] | Exception] = {}
        for claim in claims:
            reminder = reminders.get(_name(claim))
            if reminder is None or not _is_owed(reminder, claim):
                continue
            try:
                _wait_for_turn(reminder, turns, now)
                message = self.letters.message(session, reminder, local_date(now, zone))
            except Forgotten:
                continue
            except Exception as error:  # noqa: BLE001 - one bad row stops no other
                written[claim.job_id] = error
            else:
                written[claim.job_id] = letter_key(_name(claim), _number(claim)), message
        return written

    def keep(
        self, session: Session, ended: Sequence[tuple[Claim, Fate | None]], now: datetime
    ) -> None:
        """Write down what was sent, what its reader does not want, and what is owed next."""
        reminders, keys = _loaded(session, [claim for claim, _ in ended], to_change=True)
        forgotten = {key.id for key in keys if key.wrapped is None}
        for claim, fate in ended:
            reminder = reminders.get(_name(claim))
            if reminder is None:
                continue
            unwanted = fate is Fate.WITHHELD or reminder.data_key_id in forgotten
            if unwanted and reminder.state == "set":
                end(session, reminder, "cancelled", now)
            elif fate in {Fate.SENT, Fate.SENT_BEFORE} and reminder.sent < _number(claim):
                self._count(reminder, now)

    def failed(self, session: Session, claims: Sequence[Claim]) -> None:
        """Count the tries that failed; see `mailbag`."""
        tried = Reminder.public_id.in_([_name(claim) for claim in claims])
        session.execute(update(Reminder).where(tried).values(attempts=Reminder.attempts + 1))

    def _count(self, reminder: Reminder, now: datetime) -> None:
        reminder.sent += 1
        reminder.attempts += 1
        reminder.sent_at = reminder.sent_at or now
        reminder.last_sent_at = now
        if reminder.state == "set":
            self._go_on(reminder, now)

    def _go_on(self, reminder: Reminder, now: datetime) -> None:
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


def _loaded(
    session: Session, claims: Sequence[Claim], *, to_change: bool = False
) -> tuple[dict[str, Reminder], Sequence[DataKey]]:
    """The reminders of these jobs, and the keys of their addresses, each read at once."""
    names = sorted({_name(claim) for claim in claims})
    rows = select(Reminder).where(Reminder.public_id.in_(names)).order_by(Reminder.id)
    if to_change:
        rows = rows.with_for_update().execution_options(populate_existing=True)
    found = {one.public_id: one for one in session.scalars(rows)}
    return found, have_at_hand(session, [one.data_key_id for one in found.values()])


def _is_owed(reminder: Reminder, claim: Claim) -> bool:
    return reminder.state == "set" and reminder.sent < _number(claim)


def _name(claim: Claim) -> str:
    return str(claim.arguments["reminder"])


def _number(claim: Claim) -> int:
    """Which letter of its reminder; a job of the release before has none, and means the first."""
    return int(claim.arguments.get("number", 1))


def _wait_for_turn(reminder: Reminder, turns: Collection[str], now: datetime) -> None:
    """Raises `TryAgainLater` if the letter's day is another, or its turn is not settled yet."""
    if reminder.due_at is not None and reminder.due_at > now:
        message = "another day was chosen, or another reminder speaks this month"
        raise TryAgainLater(message, at=reminder.due_at)
    if reminder.public_id not in turns:
        message = "two reminders of one person are due"
        raise TryAgainLater(message, at=now + _UNTIL_SETTLED)
