"""Forgets the addresses of reminders in time: a daily job."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from donations.kernel.database import begin_write
from donations.reminders.models import Reminder
from donations.vault.sealed import destroy_data_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

FORGET_JOB: Final = "forget_reminders"
INDEX_BYTES: Final = 32
_AT_ONCE: Final = 500


def forget_reminders(session: Session, _arguments: Mapping[str, Any], now: datetime) -> None:
    """Destroy the addresses whose time is over; what is left is a row that names nobody.

    The index by which an address is found becomes a random one.
    """
    begin_write(session)
    over = (
        select(Reminder)
        .where(Reminder.state != "set", Reminder.forget_at <= now)
        .order_by(Reminder.id)
        .limit(_AT_ONCE)
        .with_for_update()
    )
    while found := session.scalars(over).all():
        for reminder in found:
            destroy_data_key(session, reminder.data_key_id, now)
            reminder.email_index = secrets.token_bytes(INDEX_BYTES)
            reminder.forget_at = None
        session.commit()
        begin_write(session)
