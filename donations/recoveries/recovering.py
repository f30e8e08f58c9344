"""Promises, ends and forgets the letters about gifts that were begun and not finished.

Only a reader who ticked the box is written to, at the address typed beside it: once when Stripe's
page has expired, an hour after it was opened, and once more three days after that.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import exists, select

from donations.giving.checkouts import find_checkout
from donations.giving.models import Checkout, Gift
from donations.giving.states import CheckoutState
from donations.jobs.outbox import enqueue
from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound
from donations.kernel.ids import public_id as new_public_id
from donations.recoveries.models import Recovery
from donations.supporters.aliases import has_mailbox
from donations.supporters.models import Supporter
from donations.vault.keys import normalised_email
from donations.vault.sealed import destroy_data_key, new_data_key, open_data_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

JOB: Final = "recovery"
FORGET_JOB: Final = "forget_recoveries"
EMAIL_COLUMN: Final = "recovery.email"
URL_COLUMN: Final = "recovery.url"
MOST_LETTERS: Final = 2
BETWEEN_LETTERS: Final = timedelta(days=3)
KEPT: Final = timedelta(days=7)  # whatever happens, the address is gone by then
_DONE: Final = (CheckoutState.PAID.value, CheckoutState.PENDING.value)


def agree(session: Session, master: MasterKey, donation: str, email: str, *, now: datetime) -> None:
    """Keep the address of a reader who agreed, for one checkout, and commit.

    Agreeing twice is agreeing once, and what was owed about another checkout is not owed any more.
    `email` has been checked.  Nothing is kept of a checkout that is paid, or was opened without
    consent.
    """
    begin_write(session)
    checkout = find_checkout(session, donation)
    if checkout is None or not checkout.recovery_consent or checkout.state in _DONE:
        session.rollback()
        return
    index = master.index("email", normalised_email(email))
    found = select(Recovery.id).where(Recovery.checkout_id == checkout.id)
    if session.scalar(found) is None:
        for owed in _owed_to(session, index):
            end(session, owed, "cancelled", now)
        session.add(_new(session, master, checkout, email, index, now))
    session.commit()


def _new(
    session: Session,
    master: MasterKey,
    checkout: Checkout,
    email: str,
    index: bytes,
    now: datetime,
) -> Recovery:
    key, envelope = new_data_key(session, master, now)
    return Recovery(
        public_id=new_public_id(),
        checkout_id=checkout.id,
        data_key_id=key.id,
        email_sealed=envelope.seal(EMAIL_COLUMN, email),
        email_index=index,
        language=checkout.language,
        due_at=checkout.expires_at or now,
        created_at=now,
        forget_at=now + KEPT,
    )


def promise_recovery(
    session: Session, master: MasterKey, checkout: Checkout, url: str | None, *, now: datetime
) -> None:
    """Promise the first letter of a checkout that expired, in the caller's transaction.

    `url` is the page Stripe keeps for finishing it.  Nothing is promised to a reader who did not
    agree, said no, or has given since.
    """
    found = select(Recovery).where(Recovery.checkout_id == checkout.id)
    recovery = session.scalar(found.with_for_update())
    if url is None or recovery is None or recovery.state != "set":
        return
    if is_over(session, recovery):
        end(session, recovery, "given", now)
        return
    envelope = open_data_key(session, master, recovery.data_key_id)
    recovery.url_sealed = envelope.seal(URL_COLUMN, url)
    promise_letter(session, recovery, now=now)


def promise_letter(session: Session, recovery: Recovery, *, now: datetime) -> None:
    """Promise the letter that is owed next, in the caller's transaction."""
    number = recovery.sent + 1
    arguments = {"recovery": recovery.public_id, "number": number}
    key = f"{JOB}:{recovery.public_id}:{number}"
    enqueue(session, JOB, key, arguments, now=now, run_at=recovery.due_at)


def gave_since(session: Session, email_index: bytes, since: datetime) -> bool:
    """Whether the person of that address has given since."""
    gift = exists().where(
        Gift.supporter_id == Supporter.id,
        has_mailbox(email_index),
        Gift.received_at >= since,
    )
    return bool(session.scalar(select(gift)))


def is_over(session: Session, recovery: Recovery) -> bool:
    """Whether the gift was finished after all, or another given in its place."""
    checkout = session.get_one(Checkout, recovery.checkout_id)
    given = checkout.state in _DONE
    return given or gave_since(session, recovery.email_index, checkout.created_at)


def end(session: Session, recovery: Recovery, state: str, now: datetime) -> None:
    """Owe nothing any more and forget the address, in the caller's transaction."""
    recovery.state, recovery.due_at, recovery.ended_at = state, None, now
    destroy_data_key(session, recovery.data_key_id, now)


def find_recovery(session: Session, public_id: str, *, to_change: bool = False) -> Recovery:
    """The recovery of that public name, locked if it is to change.  Raises `NotFound`."""
    query = select(Recovery).where(Recovery.public_id == public_id)
    found = session.scalar(query.with_for_update() if to_change else query)
    if found is None:
        raise NotFound
    return found


def say_no(session: Session, public_id: str, now: datetime) -> None:
    """End this and every other recovery owed to the same person, and commit.

    Saying it twice is saying it once.  Raises `NotFound`.
    """
    begin_write(session)
    recovery = find_recovery(session, public_id)
    for owed in _owed_to(session, recovery.email_index):
        end(session, owed, "cancelled", now)
    session.commit()


def forget_recoveries(session: Session, _arguments: Mapping[str, Any], now: datetime) -> None:
    """End what is owed to readers who have given, and what could not be sent in time."""
    begin_write(session)
    owed = select(Recovery).join(Checkout).where(Recovery.state == "set")
    over = owed.where((Recovery.forget_at <= now) | Checkout.state.in_(_DONE))
    for recovery in session.scalars(over.with_for_update(of=Recovery)).all():
        end(session, recovery, "given" if is_over(session, recovery) else "cancelled", now)


def _owed_to(session: Session, email_index: bytes) -> Sequence[Recovery]:
    owed = select(Recovery).where(Recovery.email_index == email_index, Recovery.state == "set")
    return session.scalars(owed.with_for_update()).all()
