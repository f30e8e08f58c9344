"""Asks for newsletters; only the mailbox itself can confirm.

Asking never tells whether an address is known: the answer is the same, and what differs happens in
the mailbox.  One letter asks to confirm everything ticked at once.  Nobody's mailbox can be flooded
through us: for one newsletter a letter a day, for one address three in a month, whatever was
ticked, until its owner answers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from donations.jobs.outbox import enqueue
from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound
from donations.kernel.ids import public_id as new_public_id
from donations.mailer.message import Stream
from donations.mailer.suppressing import withheld
from donations.newsletters.models import Subscription
from donations.vault.keys import normalised_email
from donations.vault.sealed import destroy_data_key, new_data_key

if TYPE_CHECKING:
    from collections.abc import Iterable
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
    """What a reader asks for: `newsletters` by slug, `placement` where they were asked.

    `consent` is the sentence agreed to, as it was read; `email` was checked.
    """

    newsletters: tuple[str, ...]
    email: str = field(repr=False)
    language: str
    consent: str
    placement: str = ""


def ask(session: Session, master: MasterKey, request: Request, *, now: datetime) -> None:
    """Ask for newsletters, pending until confirmed, and commit.

    Promises one confirmation letter for all of them that the reader does not have already, unless
    they were written to too lately or too often, or their address is suppressed.  The caller
    answers the same in every case.
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


def find_subscription(session: Session, public_id: str, *, to_change: bool = False) -> Subscription:
    """The subscription of that public name, locked if it is to change.  Raises `NotFound`."""
    query = select(Subscription).where(Subscription.public_id == public_id)
    found = session.scalar(query.with_for_update() if to_change else query)
    if found is None:
        raise NotFound
    return found


def find_subscriptions(
    session: Session, public_ids: Iterable[str], *, to_change: bool = False
) -> list[Subscription]:
    """Those subscriptions, oldest first, locked if they are to change.  Raises `NotFound`."""
    query = (
        select(Subscription)
        .where(Subscription.public_id.in_(tuple(public_ids)))
        .order_by(Subscription.id)
    )
    found = list(session.scalars(query.with_for_update() if to_change else query))
    if not found:
        raise NotFound
    return found


def all_of_reader(
    session: Session, email_index: bytes, *, to_change: bool = False
) -> list[Subscription]:
    """Every subscription of one address, oldest first, locked if they are to change."""
    query = (
        select(Subscription)
        .where(Subscription.email_index == email_index)
        .order_by(Subscription.id)
    )
    return list(session.scalars(query.with_for_update() if to_change else query))


def new_subscription(newsletter: str, email_index: bytes) -> Subscription:
    """A subscription that nobody asked for yet."""
    return Subscription(
        public_id=new_public_id(),
        newsletter=newsletter,
        email_index=email_index,
        state="unsubscribed",
        mails_asked=0,
    )


def fill(
    session: Session,
    master: MasterKey,
    subscription: Subscription,
    request: Request,
    now: datetime,
) -> None:
    """Write the request into the row, its address under a key of its own, the old key destroyed."""
    old_key_id = subscription.data_key_id
    key, envelope = new_data_key(session, master, now)
    subscription.data_key_id = key.id
    subscription.email_sealed = envelope.seal(EMAIL_COLUMN, request.email)
    subscription.language = request.language
    subscription.consent = request.consent
    subscription.placement = request.placement
    subscription.state = "pending"
    subscription.asked_at = now
    subscription.confirmed_at = None
    subscription.unsubscribed_at = None
    session.add(subscription)
    session.flush()
    if old_key_id is not None:
        destroy_data_key(session, old_key_id, now)


def letter_key(public_id: str, asked_at: str) -> str:
    """The key of the letter, and of its job, that answers one asking."""
    return f"{JOB}:{public_id}:{asked_at}"


def _ask(session: Session, master: MasterKey, request: Request, now: datetime) -> None:
    index = master.index("email", normalised_email(request.email))
    if withheld(session, index, Stream.WISHED):
        return
    known = {row.newsletter: row for row in all_of_reader(session, index, to_change=True)}
    letters = max((row.mails_asked for row in known.values() if not _answered(row)), default=0)
    wanted = [known.get(slug) or new_subscription(slug, index) for slug in request.newsletters]
    wanted = [row for row in wanted if row.state != "confirmed"]
    if not any(_may_write(row, letters, now) for row in wanted):
        return
    for subscription in wanted:
        subscription.mails_asked = 1 if _answered(subscription) else letters + 1
        fill(session, master, subscription, request, now)
    names = [subscription.public_id for subscription in wanted]
    arguments = {"subscriptions": names, "asked_at": now.isoformat()}
    enqueue(session, JOB, letter_key(names[0], now.isoformat()), arguments, now=now)


def _answered(subscription: Subscription) -> bool:
    """Whether its mailbox's owner ever confirmed it."""
    return subscription.confirmed_at is not None


def _may_write(subscription: Subscription, letters: int, now: datetime) -> bool:
    """Whether another confirmation letter is due for a newsletter that is not confirmed.

    Who was subscribed, left, and comes back begins afresh; who never confirmed does not.
    """
    if _answered(subscription):
        return True
    if letters >= MOST_LETTERS:
        return False
    return subscription.id is None or now - subscription.asked_at >= BETWEEN_LETTERS
