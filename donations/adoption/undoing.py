"""Taking a file back: exactly what it brought goes again, but for what was touched since.

Whoever gave here, signed in, was joined with somebody or was forgotten since stays, and is told.
It goes in parts, each in a transaction; killed anywhere, it goes on when it is asked for again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, exists, or_, select, update

from donations.adoption import likeness
from donations.adoption.batches import batch_named, tally
from donations.adoption.models import ImportRow, Likeness, PastGift
from donations.adoption.past_rows import PastRow
from donations.adoption.taking_in import ORIGINAL
from donations.kernel.database import Base, begin_write
from donations.kernel.errors import NotAllowed
from donations.supporters.alias_models import SupporterAlias
from donations.supporters.directory import identity
from donations.supporters.models import Supporter
from donations.vault.models import DataKey
from donations.vault.sealed import Forgotten, open_data_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from typing import Any

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

    _Step = Callable[[Session, MasterKey, int], int]

AT_ONCE: Final = 500
# Rows an import leaves by itself; any other that speaks of a supporter is somebody's touch.
_ITS_OWN: Final = frozenset({ImportRow.__tablename__, Likeness.__tablename__})


def undo(
    session: Session,
    master: MasterKey,
    name: str,
    *,
    now: datetime,
    progress: Callable[[int], Any] = lambda _: None,
) -> list[str]:
    """Take back what a batch brought; the numbers of supporters that stay, because of a touch.

    Commits as it goes.  Raises `NotFound`, and `NotAllowed` for a batch that brought nothing.
    """
    batch = batch_named(begin_write(session), name, locked=True)
    if batch.state not in {"running", "done"}:
        session.rollback()
        raise NotAllowed(batch.state)
    batch.state = "running"  # nobody decides or takes in amid it
    batch.undone_at = batch.undone_at or now
    batch_id = batch.id
    session.commit()
    for step in (_take_back, _drop_made):
        while done := _part(session, master, batch_id, step):
            progress(done)
    _end(session, name)
    return _kept(session, batch_id)


def _part(session: Session, master: MasterKey, batch_id: int, step: _Step) -> int:
    """Do one step with some lines, and commit; with how many."""
    done = step(begin_write(session), master, batch_id)
    session.commit()
    session.expunge_all()
    return done


def _take_back(session: Session, master: MasterKey, batch_id: int) -> int:
    """The past gifts of some lines, and the mailboxes and names they had added."""
    taken = (ImportRow.batch_id == batch_id, ImportRow.outcome == "taken")
    rows = session.scalars(
        select(ImportRow).where(*taken).order_by(ImportRow.line).limit(AT_ONCE)
    ).all()
    gifts = [row.gift_id for row in rows if row.gift_id is not None]
    for row in rows:
        row.gift_id, row.outcome = None, "undone"
        if row.made in {"alias", "name", "alias+name"}:
            _drop_added(session, master, row)
        row.original_sealed = None
        if row.made != "supporter":
            row.supporter_id = None
    session.flush()
    _delete(session, PastGift, PastGift.id.in_(gifts))
    return len(rows)


def _drop_made(session: Session, _master: MasterKey, batch_id: int) -> int:
    """Some of the supporters the batch had made, but for those that were touched since."""
    made = (ImportRow.batch_id == batch_id, ImportRow.outcome == "undone")
    rows = session.scalars(
        select(ImportRow)
        .where(*made, ImportRow.made == "supporter", ImportRow.supporter_id.is_not(None))
        .order_by(ImportRow.line)
        .limit(AT_ONCE)
    ).all()
    whose = {row.id: row.supporter_id for row in rows if row.supporter_id is not None}
    touched = _touched(session, list(whose.values()))
    for row in rows:
        if row.supporter_id in touched:
            row.outcome = "kept"
        else:
            row.supporter_id = None
    session.flush()
    _drop_supporters(session, [number for number in whose.values() if number not in touched])
    return len(rows)


def _touched(session: Session, ids: Sequence[int]) -> set[int]:
    """Those of some supporters of whom anything speaks that no import leaves by itself."""
    if not ids:
        return set()
    speaks = [exists().where(column == Supporter.id) for column in _speaking()]
    changed = (Supporter.forgotten_at.is_not(None), Supporter.anonymous.is_(False))
    found = select(Supporter.id).where(Supporter.id.in_(ids), or_(*speaks, *changed))
    touched = set(session.scalars(found))
    wishes = select(Supporter.id, Supporter.wishes).where(Supporter.id.in_(ids))
    return touched | {number for number, told in session.execute(wishes) if told}


def _speaking() -> Iterator[ColumnElement[Any]]:
    """Every column of any table that names a supporter."""
    for table in Base.metadata.sorted_tables:
        if table.name in _ITS_OWN:
            continue
        for column in table.columns:
            if any(key.column.table is Supporter.__table__ for key in column.foreign_keys):
                yield column


def _drop_added(session: Session, master: MasterKey, row: ImportRow) -> None:
    """The mailbox or the name a line had added to a supporter; of one forgotten there is none."""
    supporter = session.get(Supporter, row.supporter_id)
    if supporter is None or row.original_sealed is None:
        return
    try:
        envelope = open_data_key(session, master, supporter.data_key_id)
    except Forgotten:
        return
    told = PastRow.of_words(row.line, envelope.open(ORIGINAL, row.original_sealed))
    if "name" in row.made and identity(session, master, supporter).name == told.name:
        supporter.name_sealed = None
    if "alias" in row.made:
        _delete(
            session,
            SupporterAlias,
            SupporterAlias.supporter_id == supporter.id,
            SupporterAlias.email_index == told.mailbox(master),
            SupporterAlias.source == "import",
        )


def _drop_supporters(session: Session, ids: Sequence[int]) -> None:
    """The supporters themselves, and the keys of theirs, under which nothing is sealed any more."""
    if not ids:
        return
    keys = session.scalars(select(Supporter.data_key_id).where(Supporter.id.in_(ids))).all()
    for column in (ImportRow.supporter_id, ImportRow.likely_id):
        freed = update(ImportRow).where(column.in_(ids)).values({column.key: None})
        session.execute(freed.execution_options(synchronize_session=False))
    likeness.drop(session, ids)
    _delete(session, Supporter, Supporter.id.in_(ids))
    _delete(session, DataKey, DataKey.id.in_(keys))


def _delete(session: Session, table: type[Base], *which: ColumnElement[bool]) -> None:
    session.execute(delete(table).where(*which).execution_options(synchronize_session=False))


def _end(session: Session, name: str) -> None:
    """What waited or was wrong is over too; only counts stay of it."""
    batch = batch_named(begin_write(session), name, locked=True)
    waited = (ImportRow.batch_id == batch.id, ImportRow.outcome == "awaits")
    over = {"outcome": "skipped", "original_sealed": None, "person": None, "likely_id": None}
    session.execute(
        update(ImportRow).where(*waited).values(over).execution_options(synchronize_session=False)
    )
    batch.counts = tally(session, batch.id)
    batch.state = "undone"
    session.commit()


def _kept(session: Session, batch_id: int) -> list[str]:
    stays = (ImportRow.batch_id == batch_id, ImportRow.outcome == "kept")
    numbers = (
        select(Supporter.public_id)
        .join(ImportRow, ImportRow.supporter_id == Supporter.id)
        .where(*stays)
        .order_by(ImportRow.line)
    )
    found = list(dict.fromkeys(session.scalars(numbers)))
    session.rollback()
    return found
