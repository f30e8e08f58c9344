"""The letter of a reminder: why it comes, what follows from it, and every way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from donations.kernel.money import Money
from donations.kernel.wording import day_text, money_text, month_text
from donations.mailer.links import reader_link
from donations.mailer.message import Message, Stream
from donations.reminders.models import MOST_OF_A_SERIES
from donations.reminders.promising import EMAIL_COLUMN
from donations.reminders.purposes import AGAIN, CANCELLING, NEVER
from donations.reminders.timing import next_occurrence
from donations.vault.sealed import open_data_key

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from donations.kernel.newsroom import Newsroom
    from donations.kernel.tokens import Signer
    from donations.reminders.models import Reminder
    from donations.vault.keys import MasterKey


@dataclass(frozen=True, slots=True)
class ReminderLetters:
    """Writes the letters of reminders."""

    master: MasterKey
    signer: Signer
    base_url: str
    newsroom: Newsroom

    def message(self, session: Session, reminder: Reminder, today: date) -> Message:
        """The letter owed next, as of the newsroom's `today`.

        Raises `Forgotten` once the address is destroyed.
        """
        envelope = open_data_key(session, self.master, reminder.data_key_id)
        never_url = self._token_link(reminder, NEVER, "never")
        context = {
            "month": month_text(_named_by(reminder, today), reminder.language),
            "amount": _amount_text(reminder),
            "frequency": reminder.frequency,
            "asked_on": day_text(
                reminder.created_at.astimezone(self.newsroom.zone).date(), reminder.language
            ),
            "follows": follows(reminder),
            "every_months": reminder.every_months,
            "next_on": _next_on(reminder, today),
            "give_url": self._link(reminder, "/support", **_prefilled(reminder)),
            "again_url": self._token_link(reminder, AGAIN, "again"),
            "cancel_url": self._token_link(reminder, CANCELLING, "cancel"),
            "never_url": never_url,
            "contact": self.newsroom.contact,
        }
        return Message(
            "reminder",
            envelope.open(EMAIL_COLUMN, reminder.email_sealed),
            reminder.language,
            context,
            unsubscribe_url=never_url,
            stream=Stream.REMINDER,
        )

    def _token_link(self, reminder: Reminder, purpose: str, page: str) -> str:
        token = self.signer.sign_lasting(purpose, reminder.public_id)
        return self._link(reminder, f"/remind-me/{page}/{token}")

    def _link(self, reminder: Reminder, path: str, /, **query: str) -> str:
        return reader_link(self.base_url, self.newsroom, reminder.language, path, **query)


def follows(reminder: Reminder) -> str:
    """What comes after the letter owed next: `nothing`, `second` or `series`."""
    if reminder.every_months is not None:
        return "series" if reminder.sent + 1 < MOST_OF_A_SERIES else "nothing"
    return "second" if reminder.second and reminder.sent == 0 else "nothing"


def _named_by(reminder: Reminder, today: date) -> date:
    """The month that names the letter: the one promised, and in a series its own."""
    return reminder.due_on if reminder.every_months is None else today


def _next_on(reminder: Reminder, today: date) -> str | None:
    if reminder.every_months is None or follows(reminder) == "nothing":
        return None
    day = next_occurrence(reminder.due_on, reminder.every_months, today)
    return day_text(day, reminder.language)


def _amount(reminder: Reminder) -> Money | None:
    if reminder.amount_minor is None or reminder.currency is None:
        return None
    return Money(reminder.amount_minor, reminder.currency)


def _amount_text(reminder: Reminder) -> str | None:
    amount = _amount(reminder)
    return money_text(amount, reminder.language) if amount else None


def _prefilled(reminder: Reminder) -> dict[str, str]:
    """The query that fills the choice in; the reminder's name tells that it was kept."""
    query = {"reminder": reminder.public_id}
    amount = _amount(reminder)
    if amount and reminder.frequency:
        query |= {
            "frequency": reminder.frequency,
            "amount": str(amount.minor),
            "currency": amount.currency,
        }
    return query
