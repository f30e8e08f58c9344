"""Forgetting a supporter: memberships end at Stripe first, then the key is destroyed.

Once the key is gone nobody can tell Stripe anything about this person any more; so a membership
that still lives holds the erasure back, and the job comes again.  What the books hold stays, as
tax law asks (GDPR, article 17 (3) b): amounts and days, and nobody's name.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select

from donations.dossiers.elsewhere import forget_elsewhere
from donations.dossiers.models import Erasure, MailboxChange
from donations.dunning.models import CardOnFile
from donations.entitlements.dossier import forget_gifts
from donations.entitlements.personal import forget_entitlements
from donations.giving.cancelling import cancel
from donations.giving.models import Membership
from donations.giving.states import MembershipState
from donations.jobs.outbox import enqueue
from donations.kernel.database import begin_write
from donations.kernel.errors import TryAgainLater
from donations.newsletters.leaving import drop
from donations.recoveries.models import Recovery
from donations.recoveries.recovering import end as end_recovery
from donations.reminders.ending import end as end_reminder
from donations.reminders.models import Reminder
from donations.supporters.account_closing import close_account
from donations.supporters.aliases import mailboxes
from donations.supporters.directory import CUSTOMER
from donations.supporters.models import StripeCustomer, Supporter
from donations.vault.sealed import Forgotten, destroy_data_key, open_data_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.jobs.worker import Handler
    from donations.stripe_gateway.gateway import Gateway
    from donations.vault.keys import MasterKey

ERASE_JOB: Final = "erase_supporter"
_LOOK_AGAIN: Final = timedelta(minutes=2)


def ask_erasure(session: Session, supporter_id: int, *, by: str, now: datetime) -> Erasure:
    """End every membership of a supporter and promise to forget them.  Commits.

    Asking twice is asking once.  `by` is `supporter` or `office`.
    """
    living = select(Membership.public_id).where(
        Membership.supporter_id == supporter_id, Membership.state != MembershipState.ENDED
    )
    names = session.scalars(living).all()
    session.rollback()
    for name in names:
        cancel(session, name, now=now)
    begin_write(session)
    session.get_one(Supporter, supporter_id, with_for_update=True)
    erasure = session.scalar(select(Erasure).where(Erasure.supporter_id == supporter_id))
    if erasure is None:
        erasure = Erasure(supporter_id=supporter_id, by=by, asked_at=now)
        session.add(erasure)
        key = f"{ERASE_JOB}:{supporter_id}"
        enqueue(session, ERASE_JOB, key, {"supporter": supporter_id}, now=now)
    session.commit()
    return erasure


def is_asked(session: Session, supporter_id: int) -> bool:
    """Whether this supporter asked to be forgotten."""
    found = select(Erasure.id).where(Erasure.supporter_id == supporter_id)
    return session.scalar(found) is not None


def eraser(gateway: Gateway, master: MasterKey) -> Handler:
    """The job that forgets: here, and what Stripe holds under the customer's name."""

    def erase(session: Session, arguments: Mapping[str, Any], now: datetime) -> None:
        supporter_id = arguments["supporter"]
        _wait_for_ends(session, supporter_id, now)
        customers = _customers(session, master, supporter_id)
        session.rollback()
        for customer in customers:
            gateway.customers.delete(customer)
        begin_write(session)
        _wait_for_ends(session, supporter_id, now)
        forget(session, supporter_id, now=now)

    return erase


def forget(session: Session, supporter_id: int, *, now: datetime) -> None:
    """Destroy everything that leads to this person; the caller commits."""
    supporter = session.get_one(Supporter, supporter_id, with_for_update=True)
    indexes = mailboxes(session, supporter)
    for index in indexes:
        _forget_wishes(session, index, now)
    forget_entitlements(session, supporter_id, indexes, now=now)
    forget_gifts(session, supporter_id, indexes, now=now)
    session.execute(delete(StripeCustomer).where(StripeCustomer.supporter_id == supporter_id))
    close_account(session, supporter_id)
    forget_elsewhere(session, supporter_id)
    mine = select(Membership.id).where(Membership.supporter_id == supporter_id)
    session.execute(delete(CardOnFile).where(CardOnFile.membership_id.in_(mine)))
    session.execute(delete(MailboxChange).where(MailboxChange.supporter_id == supporter_id))
    supporter.email_sealed = supporter.email_index = supporter.name_sealed = None
    supporter.forgotten_at = supporter.forgotten_at or now
    destroy_data_key(session, supporter.data_key_id, now)
    erasure = session.scalar(select(Erasure).where(Erasure.supporter_id == supporter_id))
    if erasure is not None:
        erasure.done_at = now
    session.flush()


def _wait_for_ends(session: Session, supporter_id: int, now: datetime) -> None:
    """Raises `TryAgainLater` while Stripe has not said that every membership is over."""
    living = select(Membership.id).where(
        Membership.supporter_id == supporter_id, Membership.state != MembershipState.ENDED
    )
    if session.scalar(living.limit(1)) is not None:
        message = "a membership has not ended at Stripe yet"
        raise TryAgainLater(message, at=now + _LOOK_AGAIN)


def _customers(session: Session, master: MasterKey, supporter_id: int) -> Sequence[str]:
    supporter = session.get_one(Supporter, supporter_id)
    try:
        envelope = open_data_key(session, master, supporter.data_key_id)
    except Forgotten:
        return ()
    mine = select(StripeCustomer.customer_sealed).where(StripeCustomer.supporter_id == supporter_id)
    return [envelope.open(CUSTOMER, sealed) for sealed in session.scalars(mine)]


def _forget_wishes(session: Session, index: bytes, now: datetime) -> None:
    """Newsletters, reminders and unfinished gifts of the same mailbox.

    What asked us never to write stays: it holds no address, and silence was the wish.
    """
    drop(session, index, now)
    for reminder in session.scalars(select(Reminder).where(Reminder.email_index == index)).all():
        end_reminder(session, reminder, _ended(reminder), now)
    for recovery in session.scalars(select(Recovery).where(Recovery.email_index == index)).all():
        if recovery.state == "set":
            end_recovery(session, recovery, "cancelled", now)


def _ended(reminder: Reminder) -> str:
    return "cancelled" if reminder.state == "set" else reminder.state
