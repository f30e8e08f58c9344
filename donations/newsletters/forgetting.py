"""Forgets addresses that were never confirmed: a daily job."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from donations.kernel.database import begin_write
from donations.newsletters.models import Subscription
from donations.vault.sealed import destroy_data_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

JOB: Final = "forget_unconfirmed"
KEPT_UNCONFIRMED: Final = timedelta(days=30)


def forget_unconfirmed(session: Session, _arguments: Mapping[str, Any], now: datetime) -> None:
    """Destroy the keys of the addresses nobody confirmed in time, and end their subscriptions.

    The letters are counted afresh, so that whoever missed three may still subscribe one day.
    """
    begin_write(session)
    forgotten = session.scalars(
        select(Subscription)
        .where(Subscription.state == "pending", Subscription.asked_at <= now - KEPT_UNCONFIRMED)
        .with_for_update()
    )
    for subscription in forgotten:
        subscription.state = "unsubscribed"
        subscription.unsubscribed_at = now
        subscription.mails_asked = 0
        destroy_data_key(session, subscription.data_key_id, now)
