"""What somebody decides of a person of a file who may be somebody known here already.

One decision counts for every line of that person in the batch.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from donations.adoption.batches import batch_named
from donations.adoption.judging import Decision
from donations.adoption.models import ImportRow
from donations.adoption.taking_in import person_index
from donations.kernel.database import begin_write
from donations.kernel.errors import NotAllowed, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from donations.adoption.lines import Line
    from donations.adoption.models import ImportBatch
    from donations.vault.keys import MasterKey


class Word(StrEnum):
    """What may be said: it is the same person, it is another, or these lines are left out."""

    SAME = "same"
    NEW = "new"
    SKIP = "skip"


def decide(session: Session, batch_name: str, line: int, word: Word) -> int:
    """Write down a decision about the person of a waiting line; how many lines it counts for.

    Commits.  Raises `NotFound` for a line that does not wait, `NotAllowed` for a batch undone.
    """
    begin_write(session)
    batch = batch_named(session, batch_name, locked=True)
    if batch.undone_at is not None:
        session.rollback()
        raise NotAllowed("undone")
    waits = (ImportRow.batch_id == batch.id, ImportRow.outcome == "awaits")
    person = session.scalar(select(ImportRow.person).where(*waits, ImportRow.line == line))
    if person is None:
        session.rollback()
        raise NotFound
    told = (
        update(ImportRow)
        .where(*waits, ImportRow.person == person)
        .values(decision=word.value)
        .returning(ImportRow.id)
        .execution_options(synchronize_session=False)
    )
    count = len(session.scalars(told).all())
    session.commit()
    return count


def decisions_of(
    session: Session, master: MasterKey, batch: ImportBatch, lines: Sequence[Line]
) -> dict[bytes, Decision]:
    """The decisions about the people of some lines, by mailbox."""
    people = {
        person_index(master, batch, line.row.email): line.row.mailbox(master)
        for line in lines
        if line.row is not None
    }
    told = session.scalars(
        select(ImportRow)
        .where(
            ImportRow.batch_id == batch.id,
            ImportRow.person.in_(people),
            ImportRow.decision.is_not(None),
        )
        .order_by(ImportRow.line.desc())
    )
    return {
        people[row.person]: Decision(row.decision, row.likely_id)
        for row in told
        if row.person is not None and row.decision is not None
    }
