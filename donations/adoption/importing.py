"""Taking a file in: shown first, then done in parts, each in a transaction with the place it ends.

Killed anywhere, it goes on with the line behind the last part.  A line that cannot be read stops
nothing: it is told with its number.  A file taken in twice brings nothing twice.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from donations.adoption import likeness
from donations.adoption.batches import batch_named, rows_with, tally
from donations.adoption.deciding import decisions_of
from donations.adoption.judging import Fate, Judge
from donations.adoption.lines import Line, lines_of
from donations.adoption.models import ImportRow
from donations.adoption.past_rows import PastRow, RowReader
from donations.adoption.taking_in import ORIGINAL, Taker
from donations.kernel.database import begin_write
from donations.kernel.errors import NotAllowed
from donations.vault.sealed import open_operational

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from donations.adoption.columns import Reading
    from donations.adoption.models import ImportBatch
    from donations.adoption.sheets import Sheet
    from donations.kernel.clock import Clock
    from donations.vault.keys import MasterKey

AT_ONCE: Final = 500
_IS_LEFT: Final = ImportRow.outcome == "skipped"


@dataclass(frozen=True, slots=True)
class Importer:
    """Takes files in.  `language` and `zone` are the newsroom's own."""

    session: Session
    master: MasterKey
    clock: Clock
    zone: ZoneInfo
    language: str

    def show(
        self, name: str, sheet: Sheet, reading: Reading, progress: Callable[[int], Any]
    ) -> Counter[str]:
        """What taking the file in would bring; kept is only what has to be decided, or is wrong.

        Raises `NotAllowed` when some of it was taken in.
        """
        self._compare_everybody()
        self._begin_showing(name)
        counts: Counter[str] = Counter()
        judge = Judge(self.session, self.master, remembers=True)
        for lines in self._parts(sheet, reading):
            batch = self._locked(name)
            verdicts = judge.judge(lines, decisions_of(self.session, self.master, batch, lines))
            counts.update(one.fate.value for one in verdicts)
            counts.update(line.outcome for line in lines if line.row is None)
            Taker(self.session, self.master, batch, self.language, self.clock.now()).note(
                [line for line in lines if line.outcome == "bad"],
                [one for one in verdicts if one.fate is Fate.AWAITS],
            )
            self._end_part(lines, progress)
        self._finish(name, "shown", counts)
        return counts

    def run(
        self, name: str, sheet: Sheet, reading: Reading, progress: Callable[[int], Any]
    ) -> dict[str, int]:
        """Take the file in, from where an earlier run came to; what came of all its lines."""
        self._compare_everybody()
        cursor = self._begin_running(name)
        for lines in self._parts(sheet, reading):
            left = [line for line in lines if line.number > cursor]
            if left:
                self._take_part(name, left)
            self._end_part(lines, progress)
        self.settle_decided(name)
        return self._finish(name, "done", None)

    def settle_decided(self, name: str) -> int:
        """Take in the waiting lines about which something was decided since; how many."""
        settled = 0
        while lines := self._decided(name):
            self._take_part(name, lines)
            self.session.expunge_all()
            settled += len(lines)
        return settled

    def _parts(self, sheet: Sheet, reading: Reading) -> Iterator[list[Line]]:
        reader = RowReader(reading, self.zone, self.clock.now())
        lines = lines_of(sheet, reader, self.master, reading.source)
        while part := list(islice(lines, AT_ONCE)):
            yield part

    def _locked(self, name: str) -> ImportBatch:
        return batch_named(begin_write(self.session), name, locked=True)

    def _end_part(self, lines: list[Line], progress: Callable[[int], Any]) -> None:
        self.session.commit()
        self.session.expunge_all()  # a long file keeps a part in memory, not everything
        progress(lines[-1].number)

    def _compare_everybody(self) -> None:
        """Who is here already can be like somebody of the file only once it is known by what."""
        begin_write(self.session)
        while likeness.refresh(self.session, self.master):
            self.session.commit()
            self.session.expunge_all()
            begin_write(self.session)
        self.session.rollback()

    def _begin_showing(self, name: str) -> None:
        batch = self._locked(name)
        if batch.state not in {"drafted", "shown"}:
            self.session.rollback()
            raise NotAllowed("taken_in")
        undecided = (ImportRow.batch_id == batch.id, ImportRow.decision.is_(None))
        self.session.execute(delete(ImportRow).where(*undecided))
        self.session.commit()

    def _begin_running(self, name: str) -> int:
        batch = self._locked(name)
        if batch.undone_at is not None:
            self.session.rollback()
            raise NotAllowed("undone")
        if batch.state in {"drafted", "shown"}:
            batch.state = "running"
        cursor = batch.cursor_line
        self.session.commit()
        return cursor

    def _take_part(self, name: str, lines: list[Line]) -> None:
        """Take some lines in.  Commits.

        Somebody of them may have given through our own pages in this very moment: then once more.
        """
        try:
            self._try_part(name, lines)
        except IntegrityError:
            self.session.rollback()
            self._try_part(name, lines)

    def _try_part(self, name: str, lines: list[Line]) -> None:
        batch = self._locked(name)
        if batch.undone_at is not None:
            raise NotAllowed("undone")
        decisions = decisions_of(self.session, self.master, batch, lines)
        verdicts = Judge(self.session, self.master, remembers=False).judge(lines, decisions)
        taker = Taker(self.session, self.master, batch, self.language, self.clock.now())
        taker.take(lines, verdicts)
        batch.cursor_line = max(batch.cursor_line, lines[-1].number)
        self.session.commit()

    def _decided(self, name: str) -> list[Line]:
        batch = batch_named(self.session, name)
        waiting: Iterable[ImportRow] = rows_with(self.session, batch.id, "awaits")
        decided = [row for row in waiting if row.decision is not None][:AT_ONCE]
        lines = [
            Line(row.line, row.digest, self._reread(row)) for row in decided if row.original_sealed
        ]
        self.session.rollback()
        return lines

    def _reread(self, row: ImportRow) -> PastRow:
        sealed = row.original_sealed or b""
        return PastRow.of_words(row.line, open_operational(self.master, ORIGINAL, sealed))

    def _finish(self, name: str, state: str, counts: Counter[str] | None) -> dict[str, int]:
        batch = self._locked(name)
        batch.counts = tally(self.session, batch.id) if counts is None else dict(counts)
        batch.state = state
        if state == "done":
            batch.done_at = batch.done_at or self.clock.now()
            over = update(ImportRow).where(ImportRow.batch_id == batch.id, _IS_LEFT)
            self.session.execute(over.values(person=None))
        found = dict(batch.counts)
        self.session.commit()
        return found
