"""Sends a reminder in its month: a link with the choice filled in, and one that cancels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound
from donations.kernel.money import Money
from donations.kernel.wording import money_text, month_text
from donations.mailer.links import reader_link
from donations.mailer.message import Message
from donations.reminders.reminding import EMAIL_COLUMN, find_reminder
from donations.vault.sealed import Forgotten, destroy_data_key, open_data_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.kernel.newsroom import Newsroom
    from donations.kernel.tokens import Signer
    from donations.mailer.postbox import Postbox
    from donations.reminders.models import Reminder
    from donations.vault.keys import MasterKey

CANCELLING: Final = "reminder-cancel"
"""The purpose of the token in a link that cancels."""


@dataclass(frozen=True, slots=True)
class ReminderSender:
    """The handler of the job `reminder`: writes once, and only while the reminder is set."""

    master: MasterKey
    postbox: Postbox
    signer: Signer
    base_url: str
    newsroom: Newsroom

    def __call__(self, session: Session, arguments: Mapping[str, Any], now: datetime) -> None:
        """Send the letter, mark the reminder sent, and forget the address."""
        public_id = str(arguments["reminder"])
        try:
            reminder = find_reminder(session, public_id)
            if reminder.state != "set":
                return
            message = self._message(session, reminder)
        except (NotFound, Forgotten):
            return  # the reader was forgotten meanwhile, so nothing is owed
        self.postbox.post(session, f"reminder:{public_id}", message)
        begin_write(session)
        reminder = find_reminder(session, public_id, to_change=True)
        reminder.state = "sent"
        reminder.sent_at = now
        destroy_data_key(session, reminder.data_key_id, now)

    def _message(self, session: Session, reminder: Reminder) -> Message:
        envelope = open_data_key(session, self.master, reminder.data_key_id)
        token = self.signer.sign(CANCELLING, reminder.public_id)
        cancel_path = f"/remind-me/cancel/{token}"
        context = {
            "month": month_text(reminder.month, reminder.language),
            "amount": _amount_text(reminder),
            "frequency": reminder.frequency,
            "give_url": self._link(reminder, "/support", **_prefilled(reminder)),
            "cancel_url": self._link(reminder, cancel_path),
            "contact": self.newsroom.contact,
        }
        address = envelope.open(EMAIL_COLUMN, reminder.email_sealed)
        return Message("reminder", address, reminder.language, context)

    def _link(self, reminder: Reminder, path: str, /, **query: str) -> str:
        return reader_link(self.base_url, self.newsroom, reminder.language, path, **query)


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
