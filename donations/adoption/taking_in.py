"""Writes what some lines of a file brought: supporters, other mailboxes, past gifts, and the lines.

In the caller's transaction.  No letter is promised, nothing is booked, and nobody is subscribed to
anything: that somebody gave elsewhere is no consent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.adoption.columns import SOURCES
from donations.adoption.crowd import Crowd
from donations.adoption.judging import Fate
from donations.adoption.models import ImportRow, PastGift
from donations.kernel.ids import public_id
from donations.vault.keys import normalised_email
from donations.vault.sealed import seal_operational

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.adoption.judging import Verdict
    from donations.adoption.lines import Line
    from donations.adoption.models import ImportBatch
    from donations.vault.keys import MasterKey

ORIGINAL: Final = "import_row.original"
_TAKEN: Final = frozenset({Fate.MATCHED, Fate.JOINS, Fate.NEW})


class Taker:
    """Takes lines in for one batch."""

    def __init__(
        self, session: Session, master: MasterKey, batch: ImportBatch, language: str, now: datetime
    ) -> None:
        self._session = session
        self._master = master
        self._batch = batch
        self._now = now
        self._crowd = Crowd(session, master, language, now)
        self._rows: dict[int, ImportRow] = {}

    def take(self, lines: Sequence[Line], verdicts: Sequence[Verdict]) -> None:
        """Write what the lines brought, by the verdicts on those that have a row."""
        self._recall(lines)
        self._crowd.gather([one for one in verdicts if one.fate in _TAKEN])
        made = [self._taken(one) for one in verdicts if one.fate in _TAKEN]
        self._session.add_all(gift for _, gift in made)
        self._session.flush()
        for row, gift in made:
            row.gift_id = gift.id
        self.note(lines, verdicts)
        self._session.add_all(self._rows.values())
        self._session.flush()

    def note(self, lines: Sequence[Line], verdicts: Sequence[Verdict]) -> None:
        """Write of lines that brought nothing why; of those that wait, all that decides them."""
        self._recall(lines)
        for verdict in verdicts:
            if verdict.fate not in _TAKEN:
                self._left(self._row(verdict.line), verdict)
        for line in lines:
            if line.row is None:
                row = self._row(line)
                row.outcome, row.reason, row.original_sealed = line.outcome, line.reason, None
        self._session.add_all(self._rows.values())

    def _recall(self, lines: Sequence[Line]) -> None:
        if self._rows:
            return
        numbers = [line.number for line in lines]
        known = select(ImportRow).where(
            ImportRow.batch_id == self._batch.id, ImportRow.line.in_(numbers)
        )
        self._rows = {row.line: row for row in self._session.scalars(known)}

    def _row(self, line: Line) -> ImportRow:
        row = self._rows.get(line.number)
        if row is None:
            row = ImportRow(batch_id=self._batch.id, line=line.number, reason="", made="")
            self._rows[line.number] = row
        row.digest = line.key
        return row

    def _taken(self, verdict: Verdict) -> tuple[ImportRow, PastGift]:
        person, made = self._crowd.whose(verdict)
        row, told = self._row(verdict.line), verdict.row
        row.outcome, row.reason, row.made = "taken", "", made
        row.person = row.likely_id = row.likely_line = None
        row.supporter_id = person.supporter.id
        row.original_sealed = person.envelope.seal(ORIGINAL, told.sealed_words())
        gift = PastGift(
            public_id=public_id(),
            supporter_id=person.supporter.id,
            batch_id=self._batch.id,
            source=self._batch.source,
            key=verdict.line.key,
            frequency=told.frequency,
            sums=SOURCES[self._batch.source].sums,
            amount_minor=told.amount.minor,
            currency=told.amount.currency,
            given_at=told.given_at,
            added_at=self._now,
        )
        return row, gift

    def _left(self, row: ImportRow, verdict: Verdict) -> None:
        row.outcome, row.reason = verdict.fate.value, ""
        row.original_sealed = None
        if verdict.fate is Fate.SKIPPED:
            row.reason = "decision.skip"
        if verdict.fate is Fate.AWAITS:
            row.person = person_index(self._master, self._batch, verdict.row.email)
            row.likely_id = verdict.likely_id or self._crowd.of_line(verdict.likely_line)
            row.likely_line = verdict.likely_line
            row.likely_why = verdict.why
            words = verdict.row.sealed_words()
            row.original_sealed = seal_operational(self._master, ORIGINAL, words)


def person_index(master: MasterKey, batch: ImportBatch, email: str) -> bytes:
    """By what the lines of one person in a batch are found, for as long as they wait."""
    return master.index("import_person", f"{batch.public_id}\x1f{normalised_email(email)}")
