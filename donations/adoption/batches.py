"""The batch of a file: found again by the file's digest, and what came of its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from donations.adoption.models import ImportBatch, ImportRow
from donations.kernel.database import begin_write
from donations.kernel.errors import FieldRefused, NotFound
from donations.kernel.ids import public_id
from donations.supporters.models import Supporter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.adoption.columns import Reading
    from donations.adoption.sheets import Sheet


def batch_named(session: Session, name: str, *, locked: bool = False) -> ImportBatch:
    """The batch of this public id.  Raises `NotFound`."""
    wanted = select(ImportBatch).where(ImportBatch.public_id == name)
    if locked:
        wanted = wanted.with_for_update()
    batch = session.scalar(wanted, execution_options={"populate_existing": True})
    if batch is None:
        raise NotFound
    return batch


def batches(session: Session) -> Sequence[ImportBatch]:
    """Every batch, the newest first."""
    return session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc())).all()


def batch_of(
    session: Session, sheet: Sheet, reading: Reading, *, by: str, now: datetime
) -> ImportBatch:
    """The batch of a file that was not undone, or a new one.  Commits.

    One that brought nothing yet may be read otherwise than before.  Raises `FieldRefused` with
    `read_otherwise` when some of it was taken in as it was read before.
    """
    begin_write(session)
    same = (ImportBatch.sha256 == sheet.sha256, ImportBatch.source == reading.source)
    batch = session.scalar(
        select(ImportBatch)
        .where(*same, ImportBatch.state != "undone")
        .order_by(ImportBatch.id.desc())
        .with_for_update()
        .limit(1)
    )
    if batch is None:
        batch = ImportBatch(
            public_id=public_id(),
            source=reading.source,
            sha256=sheet.sha256,
            mapping=reading.kept(),
            state="drafted",
            cursor_line=0,
            counts={},
            by=by,
            drafted_at=now,
        )
        session.add(batch)
    elif batch.mapping != reading.kept():
        if batch.state not in {"drafted", "shown"}:
            session.rollback()
            raise FieldRefused("file", "read_otherwise", batch=batch.public_id)
        batch.mapping = reading.kept()
        session.execute(delete(ImportRow).where(ImportRow.batch_id == batch.id))
    session.commit()
    return batch


def tally(session: Session, batch_id: int) -> dict[str, int]:
    """How many lines of a batch came to what, and how many of them made a supporter (`new`)."""
    mine = ImportRow.batch_id == batch_id
    counted = select(ImportRow.outcome, func.count()).where(mine).group_by(ImportRow.outcome)
    found = {outcome: count for outcome, count in session.execute(counted)}  # noqa: C416 - typed
    new = select(func.count()).where(mine, ImportRow.made == "supporter")
    return {**found, "new": session.scalar(new) or 0}


def rows_with(session: Session, batch_id: int, outcome: str) -> Sequence[ImportRow]:
    """The lines of a batch that came to this, in their order."""
    wanted = select(ImportRow).where(ImportRow.batch_id == batch_id, ImportRow.outcome == outcome)
    return session.scalars(wanted.order_by(ImportRow.line)).all()


def number_of(session: Session, supporter_id: int | None) -> str | None:
    """The number of a supporter, as the office names them."""
    if supporter_id is None:
        return None
    return session.scalar(select(Supporter.public_id).where(Supporter.id == supporter_id))
