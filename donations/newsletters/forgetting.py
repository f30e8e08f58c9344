"""Forgets addresses that were never confirmed, and those that no letter may go to any more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from donations.kernel.database import begin_write
from donations.mailer.models import Suppression
from donations.mailer.suppressing import EVERYTHING, UNASKED, WISHES
from donations.newsletters.leaving import drop
from donations.newsletters.models import Subscription
from donations.vault.sealed import destroy_data_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

JOB: Final = "forget_unconfirmed"
KEPT_UNCONFIRMED: Final = timedelta(days=30)
DROP_JOB: Final = "newsletter_drop_suppressed"
DROP_EVERY: Final = timedelta(hours=1)
_DROPS: Final = (EVERYTHING, UNASKED, WISHES)


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


def drop_suppressed(session: Session, _arguments: Mapping[str, Any], now: datetime) -> None:
    """End the subscriptions of addresses that bounced, complained or want no mail any more.

    Whoever suppresses an address need not know of newsletters; this job is how they hear of it.
    """
    begin_write(session)
    live = (
        select(Subscription.email_index)
        .join(Suppression, Suppression.email_index == Subscription.email_index)
        .where(Subscription.state != "unsubscribed", Suppression.scope.in_(_DROPS))
        .distinct()
    )
    for email_index in session.scalars(live).all():
        drop(session, email_index, now)
