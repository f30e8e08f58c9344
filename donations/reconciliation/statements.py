"""Importing a bank's file: every line once, however often and in whatever slices it comes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.reconciliation.models import BankLine, BankStatement
from donations.reconciliation.references import references_in
from donations.vault.sealed import seal_operational

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.reconciliation.bank_files.lines import StatementLine
    from donations.reconciliation.bank_files.reading import Statement
    from donations.vault.keys import MasterKey

TEXT_COLUMN: Final = "bank_line.text"
_KEY: Final = "bank_line"
_FILE: Final = "bank_statement"
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Import:
    """What a file brought: `line_ids` of all its lines, `added` of which were not known before."""

    line_ids: tuple[int, ...]
    added: int

    @property
    def known(self) -> int:
        """How many of its lines an earlier file had brought."""
        return len(self.line_ids) - self.added


def import_statement(
    session: Session, master: MasterKey, statement: Statement, *, by: str, now: datetime
) -> Import:
    """Take in the lines of a file, in the caller's transaction; those known are left as they are.

    `by` is the login of whoever imports, or the name of the program.  A file that speaks of several
    accounts becomes a statement of each.
    """
    keyed = list(_keyed(master, statement.lines))
    known = _known(session, [key for key, _ in keyed])
    fresh = [(key, line) for key, line in keyed if key not in known]
    references = references_in(session, [line.text for _, line in fresh])
    headers: dict[str, BankStatement] = {}
    for key, line in fresh:
        if line.account not in headers:
            headers[line.account] = _header(session, master, statement, line.account, by, now)
        headers[line.account].lines.append(
            BankLine(
                key=key,
                booked_on=line.booked_on,
                amount_minor=line.amount.minor,
                currency=line.amount.currency,
                text_sealed=seal_operational(master, TEXT_COLUMN, line.text),
                reference=references.get(line.text),
            )
        )
    session.flush()
    ids = _known(session, [key for key, _ in keyed])
    return Import(tuple(ids[key] for key, _ in keyed), len(fresh))


def _header(
    session: Session, master: MasterKey, file: Statement, account: str, by: str, now: datetime
) -> BankStatement:
    """The statement of one account in a file: the row of an earlier import of it, or a new one."""
    digest = master.index(_FILE, f"{file.digest}\x1f{account}").hex()
    found = session.scalar(select(BankStatement).where(BankStatement.digest == digest))
    if found is None:
        found = BankStatement(
            digest=digest, format=file.format, account=account, imported_at=now, imported_by=by
        )
        session.add(found)
    return found


def _keyed(
    master: MasterKey, lines: Sequence[StatementLine]
) -> Iterator[tuple[str, StatementLine]]:
    """Each line with its name among all lines of its account.

    A text that can be guessed must not be found by its digest: the key is a keyed one.  Lines that
    are alike in everything are told apart by counting them within their day.
    """
    seen: Counter[tuple[object, ...]] = Counter()
    for line in lines:
        what = (line.account, line.booked_on, line.amount.minor, line.amount.currency, line.text)
        seen[what] += 1
        yield master.index(_KEY, "\x1f".join(map(str, (*what, seen[what])))).hex(), line


def _known(session: Session, keys: Sequence[str]) -> dict[str, int]:
    known: dict[str, int] = {}
    for some in _slices(keys):
        rows = session.execute(select(BankLine.key, BankLine.id).where(BankLine.key.in_(some)))
        known.update((key, line_id) for key, line_id in rows)
    return known


def _slices(keys: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for begin in range(0, len(keys), _AT_ONCE):
        yield tuple(keys[begin : begin + _AT_ONCE])
