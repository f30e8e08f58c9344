"""Another mailbox for a supporter: asked for in the account, agreed to from both sides.

The old mailbox must agree, or whoever borrowed a phone could take an account away; the new one
must, or a slip of the keyboard would send a stranger everything.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.dossiers.models import MailboxChange
from donations.jobs.outbox import enqueue
from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound
from donations.kernel.ids import public_id as new_public_id
from donations.supporters.directory import EMAIL, find_by_email
from donations.supporters.models import Supporter
from donations.vault.keys import normalised_email
from donations.vault.sealed import open_data_key

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

LASTS: Final = timedelta(days=7)
LETTER_JOB: Final = "mailbox_letter"
TELL_JOB: Final = "mailbox_tell_stripe"
NEW_SEALED: Final = "mailbox_change.new"
_CAUSE: Final = "mailbox"


class Side(StrEnum):
    """Whose agreement: the mailbox known so far, or the one to come."""

    OLD = "old"
    NEW = "new"


def ask(
    session: Session, master: MasterKey, supporter_id: int, email: str, *, now: datetime
) -> MailboxChange | None:
    """Ask both mailboxes; a wish asked before is replaced.  Commits.

    None when it is the mailbox we write to already.  Raises `vault.sealed.Forgotten`.
    """
    begin_write(session)
    supporter = session.get_one(Supporter, supporter_id, with_for_update=True)
    index = master.index("email", normalised_email(email))
    if index == supporter.email_index:
        session.rollback()
        return None
    for earlier in session.scalars(_open(supporter_id)).all():
        _end(earlier, "ended", now)
    envelope = open_data_key(session, master, supporter.data_key_id)
    change = MailboxChange(
        public_id=new_public_id(),
        supporter_id=supporter_id,
        new_sealed=envelope.seal(NEW_SEALED, email.strip()),
        asked_at=now,
    )
    session.add(change)
    session.flush()
    for side in Side:
        key = f"{LETTER_JOB}:{change.public_id}:{side}"
        enqueue(session, LETTER_JOB, key, {"change": change.id, "side": side.value}, now=now)
    session.commit()
    return change


def awaited(session: Session, supporter_id: int, now: datetime) -> MailboxChange | None:
    """The wish that still waits for an agreement."""
    found = session.scalar(_open(supporter_id).order_by(MailboxChange.id.desc()).limit(1))
    return found if found is not None and now - found.asked_at < LASTS else None


def find_change(session: Session, public_id: str, now: datetime) -> MailboxChange:
    """The wish with this public id.  Raises `NotFound` once a week has passed over it."""
    change = session.scalar(select(MailboxChange).where(MailboxChange.public_id == public_id))
    if change is None or (change.state == "asked" and now - change.asked_at >= LASTS):
        raise NotFound
    return change


def agree(
    session: Session, master: MasterKey, public_id: str, side: Side, *, now: datetime
) -> MailboxChange:
    """Write down that one mailbox agrees; with the other it is made true.  Commits.

    Raises `NotFound`, and `vault.sealed.Forgotten`.
    """
    begin_write(session)
    change = find_change(session, public_id, now)
    supporter = session.get_one(Supporter, change.supporter_id, with_for_update=True)
    session.refresh(change)
    if change.state == "asked":
        if side is Side.OLD:
            change.old_agreed_at = change.old_agreed_at or now
        else:
            change.new_agreed_at = change.new_agreed_at or now
        if change.old_agreed_at and change.new_agreed_at:
            _make_true(session, master, supporter, change, now)
    session.commit()
    return change


def refuse(session: Session, public_id: str, now: datetime) -> MailboxChange:
    """End the wish at the word of either mailbox.  Commits.  Raises `NotFound`."""
    begin_write(session)
    change = find_change(session, public_id, now)
    if change.state == "asked":
        _end(change, "ended", now)
    session.commit()
    return change


def _make_true(
    session: Session, master: MasterKey, supporter: Supporter, change: MailboxChange, now: datetime
) -> None:
    if change.new_sealed is None:
        raise NotFound
    envelope = open_data_key(session, master, supporter.data_key_id)
    email = envelope.open(NEW_SEALED, change.new_sealed)
    other = find_by_email(session, master, email)
    if other is not None and other.id != supporter.id:
        # Whoever reads both mailboxes is both; the merge keeps everything, under the old row.
        _join(session, master, supporter, other, now)
    supporter.email_sealed = envelope.seal(EMAIL, email)
    supporter.email_index = master.index("email", normalised_email(email))
    _end(change, "done", now)
    arguments = {"supporter": supporter.id, "change": change.id}
    enqueue(session, TELL_JOB, f"{TELL_JOB}:{change.public_id}", arguments, now=now)


def _join(
    session: Session, master: MasterKey, keep: Supporter, other: Supporter, now: datetime
) -> None:
    from donations.dossiers.merging import join  # noqa: PLC0415

    join(session, master, keep, other, by=_CAUSE, now=now)


def _end(change: MailboxChange, state: str, now: datetime) -> None:
    change.state, change.ended_at, change.new_sealed = state, now, None


def _open(supporter_id: int) -> Select[MailboxChange]:
    return select(MailboxChange).where(
        MailboxChange.supporter_id == supporter_id, MailboxChange.state == "asked"
    )
