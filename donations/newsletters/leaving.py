"""Ends subscriptions: by one click, from all at once, or because no letter may go there any more.

To leave is to be forgotten: the address is destroyed with its key, and the mailing service is told
by its own name for the reader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.kernel.database import begin_write
from donations.newsletters.changes import note_change
from donations.newsletters.subscribing import (
    all_of_reader,
    find_subscription,
    find_subscriptions,
)
from donations.vault.sealed import destroy_data_key

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.newsletters.models import Subscription


def unsubscribe(session: Session, public_ids: Iterable[str], now: datetime) -> None:
    """End those subscriptions, pending or confirmed, forget their addresses, and commit.

    Leaving twice is leaving once.  Raises `NotFound` when there is none of them.
    """
    begin_write(session)
    for subscription in find_subscriptions(session, public_ids, to_change=True):
        end(session, subscription, now)
    session.commit()


def leave_all(session: Session, public_id: str, now: datetime) -> None:
    """End everything of that subscription's reader and commit.  Raises `NotFound`."""
    begin_write(session)
    drop(session, find_subscription(session, public_id).email_index, now)
    session.commit()


def drop(session: Session, email_index: bytes, now: datetime) -> int:
    """End everything of an address, known by its blind index; how many were ended.

    The caller commits.  This is for an address that complained, bounced, or was suppressed.
    """
    live = [
        subscription
        for subscription in all_of_reader(session, email_index, to_change=True)
        if end(session, subscription, now)
    ]
    return len(live)


def end(session: Session, subscription: Subscription, now: datetime) -> bool:
    """End one subscription and forget its address; false if it had ended.  The caller commits."""
    if subscription.state == "unsubscribed":
        return False
    was_confirmed = subscription.state == "confirmed"
    subscription.state = "unsubscribed"
    subscription.unsubscribed_at = now
    destroy_data_key(session, subscription.data_key_id, now)
    if was_confirmed:
        note_change(session, subscription, now)
    return True
