"""Ends reminders: nothing is owed any more, and the address is forgotten at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.vault.sealed import destroy_data_key

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.reminders.models import Reminder


def end(session: Session, reminder: Reminder, state: str, now: datetime) -> None:
    """Owe nothing of a reminder any more and forget its address, in the caller's transaction."""
    if state == "cancelled" and reminder.state == "set":
        reminder.cancelled_at = now
    reminder.state, reminder.due_at = state, None
    reminder.forget_at = now
    destroy_data_key(session, reminder.data_key_id, now)
