"""Making two supporters who are one person one: everything they ever did stays.

The other's rows go over to the one who is kept, and what was sealed under the other's key is sealed
under the key that stays; then the other's row and key are deleted, which the database refuses if
anything still spoke of them.  The other's mailbox and number are kept as further ones, so that a
webhook, a receipt or a link of theirs finds the person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy import Table, delete, or_, select, update

from donations.adoption import likeness
from donations.adoption.models import ToldApart
from donations.dossiers.merge_models import Merge
from donations.dossiers.merge_tables import FOLLOWING, KEYED, MOVED
from donations.dossiers.models import Erasure, MailboxChange
from donations.dossiers.resealing import Resealer
from donations.jobs.models import Job
from donations.kernel.database import Base
from donations.kernel.errors import NotAllowed
from donations.receipts.models import ReceiptName
from donations.supporters.alias_models import SupporterAlias
from donations.supporters.aliases import ALIAS_EMAIL, ALIAS_NAME
from donations.supporters.directory import EMAIL, NAME
from donations.supporters.models import Supporter
from donations.vault.models import DataKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import Delete, Update
    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

_Rule = TypeVar("_Rule")
JOBS: Final = ("mailbox_tell_stripe",)
"""Kinds of job that name a supporter by id, as `supporter`."""


def join(
    session: Session,
    master: MasterKey,
    keep: Supporter,
    other: Supporter,
    *,
    by: str,
    now: datetime,
) -> Merge:
    """Join `other` with `keep`, in the caller's write transaction; the other is no more.

    `by` is the login of whoever decided it, or the name of what proved it.  Raises `NotAllowed`:
    `same`, or `forgotten` when either is, or asked to be.
    """
    _lock(session, keep, other)
    resealer = Resealer(session, master, keep, other)
    _seal_what_follows(session, resealer, keep, other)
    _settle(session, keep, other, now)
    moved = _move(session, resealer, keep, other)
    _keep_identity(session, resealer, keep, other, now)
    merge = Merge(
        kept_id=keep.id,
        gone=other.public_id,
        gone_since=other.created_at,
        moved=moved,
        by=by,
        at=now,
    )
    keep.created_at = min(keep.created_at, other.created_at)
    session.add(merge)
    _let_go(session, keep, other)
    return merge


def _lock(session: Session, keep: Supporter, other: Supporter) -> None:
    """Both rows, in one order for everybody; neither may be forgotten."""
    if keep.id == other.id:
        raise NotAllowed("same")
    ids = sorted((keep.id, other.id))
    session.flush()
    for number in ids:
        session.refresh(session.get_one(Supporter, number), with_for_update=True)
    asked = select(Erasure.id).where(Erasure.supporter_id.in_(ids)).limit(1)
    gone = any(one.forgotten_at is not None for one in (keep, other))
    if gone or session.scalar(asked) is not None:
        raise NotAllowed("forgotten")


def _seal_what_follows(
    session: Session, resealer: Resealer, keep: Supporter, other: Supporter
) -> None:
    """What is under the other's key by way of another table, or because it names the key."""
    for name, follows in _known(FOLLOWING):
        owned = _table(follows.table)
        theirs = select(owned.c.id).where(owned.c.supporter_id == other.id)
        resealer.reseal(_table(name), follows.sealed, _table(name).c[follows.through].in_(theirs))
    for name, keyed in _known(KEYED):
        table = _table(name)
        which = table.c.data_key_id == other.data_key_id
        resealer.reseal(table, keyed.sealed, which)
        session.execute(update(table).where(which).values(data_key_id=keep.data_key_id))


def _move(
    session: Session, resealer: Resealer, keep: Supporter, other: Supporter
) -> dict[str, list[int]]:
    """Give every row of the other's to the one who is kept; the ids by table."""
    moved: dict[str, list[int]] = {}
    for name, moves in _known(MOVED):
        table = _table(name)
        for owner in moves.owners:
            which = table.c[owner] == other.id
            resealer.reseal(table, moves.sealed, which)
            statement = update(table).where(which).values({owner: keep.id}).returning(table.c.id)
            found = session.execute(statement).scalars().all()
            if found:
                moved[name] = sorted({*moved.get(name, ()), *found})
    session.expire_all()
    return moved


def _settle(session: Session, keep: Supporter, other: Supporter, now: datetime) -> None:
    """The tables that have a rule of their own."""
    theirs = MailboxChange.supporter_id == other.id
    ended = {"state": "ended", "ended_at": now, "new_sealed": None}
    _run(session, update(MailboxChange).where(theirs, MailboxChange.state == "asked").values(ended))
    _run(session, update(MailboxChange).where(theirs).values(supporter_id=keep.id))
    if session.get(ReceiptName, keep.id) is None:
        mine = ReceiptName.supporter_id == other.id
        _run(session, update(ReceiptName).where(mine).values(supporter_id=keep.id))
    _run(session, delete(ReceiptName).where(ReceiptName.supporter_id == other.id))
    likeness.drop(session, [keep.id, other.id])
    _tell_apart_again(session, keep.id, other.id)
    for job in session.scalars(select(Job).where(Job.kind.in_(JOBS), Job.state == "ready")):
        if job.arguments.get("supporter") == other.id:
            job.arguments = {**job.arguments, "supporter": keep.id}
    session.flush()


def _tell_apart_again(session: Session, keep: int, other: int) -> None:
    """Who was told apart from the other is told apart from the one who is kept."""
    either = or_(ToldApart.one_id == other, ToldApart.other_id == other)
    pairs = session.scalars(select(ToldApart).where(either)).all()
    for pair in pairs:
        third = pair.other_id if pair.one_id == other else pair.one_id
        one, two = sorted((keep, third))
        known = select(ToldApart.id).where(ToldApart.one_id == one, ToldApart.other_id == two)
        if third == keep or session.scalar(known) is not None:
            session.delete(pair)
        else:
            pair.one_id, pair.other_id = one, two
        session.flush()


def _keep_identity(
    session: Session, resealer: Resealer, keep: Supporter, other: Supporter, now: datetime
) -> None:
    """The other's mailbox, name and number; what either refused stays refused."""
    name = None if other.name_sealed is None else resealer.old.open(NAME, other.name_sealed)
    if name is not None and keep.name_sealed is None:
        keep.name_sealed = resealer.new.seal(NAME, name)
    if other.email_index is not None and other.email_sealed is not None:
        email = resealer.old.open(EMAIL, other.email_sealed)
        session.add(
            SupporterAlias(
                supporter_id=keep.id,
                email_index=other.email_index,
                email_sealed=resealer.new.seal(ALIAS_EMAIL, email),
                name_sealed=None if name is None else resealer.new.seal(ALIAS_NAME, name),
                number=other.public_id,
                source="merge",
                since=now,
            )
        )
    both = {**other.wishes, **keep.wishes}
    refused = {wish for one in (keep, other) for wish, wanted in one.wishes.items() if not wanted}
    keep.wishes = {wish: wanted and wish not in refused for wish, wanted in both.items()}


def _let_go(session: Session, keep: Supporter, other: Supporter) -> None:
    """Delete the other's row and key.  The database refuses if anything still speaks of either."""
    key = other.data_key_id
    session.flush()
    session.delete(other)
    session.flush()
    _run(session, delete(DataKey).where(DataKey.id == key))
    session.refresh(keep)


def _known(decided: Mapping[str, _Rule]) -> Iterator[tuple[str, _Rule]]:
    """The rules of tables this program has loaded; what it never loaded it never wrote."""
    yield from ((name, rule) for name, rule in decided.items() if name in Base.metadata.tables)


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _run(session: Session, statement: Update | Delete) -> None:
    session.execute(statement.execution_options(synchronize_session=False))
