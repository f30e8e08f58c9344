"""Ending a membership without a link and without signing in: an address and a receipt's number.

The function consumers in the European Union have had since 19 June 2026 (Directive (EU) 2023/2673,
article 11a of 2011/83/EU): easy to find, not behind a login, two steps, acknowledged with day and
time on a durable medium.  A wrong pair is answered like a right one without a membership, and an
address may be tried a few times a day, so that nobody learns who supports us by trying numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select, update

from donations.giving.cancelling import cancel, find_membership
from donations.giving.models import Gift, Membership, Receipt
from donations.jobs.outbox import enqueue
from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound
from donations.kernel.ids import public_id as new_public_id
from donations.self_service.withdrawal_models import EndingReason, Withdrawal, WithdrawalTry
from donations.supporters.aliases import has_mailbox
from donations.supporters.models import Supporter
from donations.vault.keys import normalised_email

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

TRIES_A_DAY: Final = 5
LETTER_JOB: Final = "withdrawal"
LINK_JOB: Final = "cancel_link"
REASONS: Final = (
    *("money", "too_much", "content", "not_reading", "elsewhere", "other_way"),
    *("payment_trouble", "privacy", "no_wish", "other"),
)


class TooManyTries(NotFound):
    """An address was tried too often today; told like a pair that is wrong."""


def find_by_receipt(
    session: Session, master: MasterKey, email: str, number: int, *, now: datetime
) -> Membership:
    """The membership of a receipt and its owner's address.  Counts the try and commits.

    Raises `NotFound` alike for a wrong pair, for one without a membership, and for too many tries.
    """
    index = master.index("email", normalised_email(email))
    _count_try(session, index, now)
    found = session.scalar(
        select(Membership)
        .join(Gift, Gift.membership_id == Membership.id)
        .join(Receipt, Receipt.gift_id == Gift.id)
        .join(Supporter, Supporter.id == Gift.supporter_id)
        .where(Receipt.number == number, has_mailbox(index))
    )
    if found is None:
        raise NotFound
    return found


def withdraw(session: Session, public_id: str, number: int, *, now: datetime) -> Withdrawal:
    """End the membership, keep the declaration and promise its acknowledgement.  Commits.

    Declaring it twice is declaring it once; one that has ended already is acknowledged too.
    """
    membership = cancel(session, public_id, now=now)
    begin_write(session)
    membership = find_membership(session, public_id)
    known = session.scalar(
        select(Withdrawal).where(Withdrawal.membership_id == membership.id).limit(1)
    )
    if known is None:
        known = Withdrawal(
            public_id=new_public_id(),
            membership_id=membership.id,
            receipt_number=number,
            at=now,
        )
        session.add(known)
        session.flush()
        key = f"{LETTER_JOB}:{known.public_id}"
        enqueue(session, LETTER_JOB, key, {"withdrawal": known.id}, now=now)
    session.commit()
    return known


def ask_for_links(session: Session, master: MasterKey, email: str, *, now: datetime) -> None:
    """Promise a letter with a cancelling link for everything this address still gives.

    Whether there is anything is found out by the job, so that the answer takes equally long.  Only
    the blind index is kept, and one letter a day is enough.  Commits.
    """
    index = master.index("email", normalised_email(email)).hex()
    begin_write(session)
    key = f"{LINK_JOB}:{index}:{now.date().isoformat()}"
    enqueue(session, LINK_JOB, key, {"index": index}, now=now)
    session.commit()


def note_reason(session: Session, public_id: str, reason: str, *, now: datetime) -> None:
    """Keep why a membership was ended; the last word counts.  Commits.  Raises `NotFound`."""
    if reason not in REASONS:
        raise NotFound
    begin_write(session)
    membership = find_membership(session, public_id)
    known = session.scalar(select(EndingReason).where(EndingReason.membership_id == membership.id))
    if known is None:
        known = EndingReason(membership_id=membership.id)
        session.add(known)
    known.reason, known.at = reason, now
    session.commit()


def _count_try(session: Session, index: bytes, now: datetime) -> None:
    """Count one try of an address; raises `TooManyTries` beyond those of a day.  Commits."""
    today = now.date()
    begin_write(session)
    session.execute(delete(WithdrawalTry).where(WithdrawalTry.day < today))
    mine = (WithdrawalTry.email_index == index, WithdrawalTry.day == today)
    counted = session.scalar(
        update(WithdrawalTry)
        .where(*mine)
        .values(tries=WithdrawalTry.tries + 1)
        .returning(WithdrawalTry.tries)
    )
    if counted is None:
        session.add(WithdrawalTry(email_index=index, day=today, tries=1))
    session.commit()
    if counted is not None and counted > TRIES_A_DAY:
        raise TooManyTries
