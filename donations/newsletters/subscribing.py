"""Asks for, confirms and leaves a newsletter; only the mailbox itself can confirm.

Asking never tells whether an address is known: the answer is the same, and what differs happens in
the mailbox.  Nobody's mailbox can be flooded through us: one confirmation letter a day, three in
a month, until its owner answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from donations.jobs.outbox import enqueue
from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound
from donations.kernel.ids import public_id as new_public_id
from donations.newsletters.models import Subscription
from donations.vault.keys import normalised_email
from donations.vault.sealed import destroy_data_key, new_data_key

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

JOB: Final = "newsletter_confirm"
EMAIL_COLUMN: Final = "newsletter_subscription.email"
BETWEEN_LETTERS: Final = timedelta(hours=24)
MOST_LETTERS: Final = 3
_ROUNDS: Final = 3


@dataclass(frozen=True, slots=True)
class Request:
    """What a reader asks for; `consent` is the sentence agreed to, as it was read."""

    newsletter: str
    email: str
    language: str
    consent: str


def ask(session: Session, master: MasterKey, request: Request, *, now: datetime) -> None:
    """Ask for a newsletter, pending until confirmed, and commit; `request.email` was checked.

    Promises a confirmation letter unless the reader is subscribed already or was written to too
    lately or too often.  The caller answers the same in every case.
    """
    for _ in range(_ROUNDS):
        begin_write(session)
        try:
            _ask(session, master, request, now)
            session.commit()
        except IntegrityError:
            session.rollback()  # the same person asked twice at once: theirs is there now
        else:
            return
    message = "a subscription kept colliding with another"
    raise RuntimeError(message)


def confirm(session: Session, public_id: str, now: datetime) -> None:
    """Make a pending subscription count and commit; confirming twice is confirming once.

    Raises `NotFound`, also for one that was left since: it must be asked for again.
    """
    begin_write(session)
    subscription = find_subscription(session, public_id, to_change=True)
    if subscription.state == "unsubscribed":
        session.rollback()
        raise NotFound
    if subscription.state == "pending":
        subscription.state = "confirmed"
        subscription.confirmed_at = now
    session.commit()


def unsubscribe(session: Session, public_id: str, now: datetime) -> None:
    """End a subscription, pending or confirmed, forget its address, and commit.

    Leaving twice is leaving once.  Raises `NotFound`.
    """
    begin_write(session)
    subscription = find_subscription(session, public_id, to_change=True)
    if subscription.state != "unsubscribed":
        subscription.state = "unsubscribed"
        subscription.unsubscribed_at = now
        destroy_data_key(session, subscription.data_key_id, now)
    session.commit()


def find_subscription(session: Session, public_id: str, *, to_change: bool = False) -> Subscription:
    """The subscription of that public name, locked if it is to change.  Raises `NotFound`."""
    query = select(Subscription).where(Subscription.public_id == public_id)
    found = session.scalar(query.with_for_update() if to_change else query)
    if found is None:
        raise NotFound
    return found


def _ask(session: Session, master: MasterKey, request: Request, now: datetime) -> None:
    index = master.index("email", normalised_email(request.email))
    subscription = session.scalar(
        select(Subscription)
        .where(Subscription.email_index == index, Subscription.newsletter == request.newsletter)
        .with_for_update()
    )
    if subscription is None:
        subscription = Subscription(
            public_id=new_public_id(),
            newsletter=request.newsletter,
            email_index=index,
            state="unsubscribed",
            mails_asked=0,
        )
    elif not _may_write(subscription, now):
        return
    _fill(session, master, subscription, request, now)
    arguments = {"subscription": subscription.public_id, "asked_at": now.isoformat()}
    enqueue(session, JOB, letter_key(subscription.public_id, now.isoformat()), arguments, now=now)


def _may_write(subscription: Subscription, now: datetime) -> bool:
    """Whether another confirmation letter is due to somebody who asks again.

    Who was subscribed, left, and comes back begins afresh; who never confirmed does not.
    """
    if subscription.state == "confirmed":
        return False
    if subscription.state == "unsubscribed" and subscription.confirmed_at is not None:
        return True
    waited = now - subscription.asked_at >= BETWEEN_LETTERS
    return waited and subscription.mails_asked < MOST_LETTERS


def _fill(
    session: Session,
    master: MasterKey,
    subscription: Subscription,
    request: Request,
    now: datetime,
) -> None:
    """Write the request into the row, its address under a key of its own, the old key destroyed."""
    old_key_id = subscription.data_key_id
    key, envelope = new_data_key(session, master, now)
    came_back = subscription.confirmed_at is not None
    subscription.data_key_id = key.id
    subscription.email_sealed = envelope.seal(EMAIL_COLUMN, request.email)
    subscription.language = request.language
    subscription.consent = request.consent
    subscription.state = "pending"
    subscription.asked_at = now
    subscription.mails_asked = 1 if came_back else subscription.mails_asked + 1
    subscription.confirmed_at = None
    subscription.unsubscribed_at = None
    session.add(subscription)
    session.flush()
    if old_key_id is not None:
        destroy_data_key(session, old_key_id, now)


def letter_key(public_id: str, asked_at: str) -> str:
    """The key of the letter, and of its job, that answers one asking."""
    return f"{JOB}:{public_id}:{asked_at}"
