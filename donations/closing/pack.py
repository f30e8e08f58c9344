"""The close pack: everything an accountant keeps of a month, in one ZIP file with a manifest.

It is a pure function of a closed month's facts and of the entries up to its last number, so it can
be made again at any time, byte for byte.  `verify` says of a pack somebody kept which files are
not what the books give now, and whether the books or the file have changed.
"""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, cast

from flask_babel import force_locale

from donations.closing.archive import archive
from donations.closing.facts import unpacked
from donations.closing.manifest import NAME as MANIFEST
from donations.closing.manifest import Filed, manifest
from donations.closing.models import ClosedMonth
from donations.closing.print_pages import pdf
from donations.closing.schedules import schedules_of
from donations.closing.tables import write_table
from donations.closing.workbook import write_workbook
from donations.kernel.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from donations.closing.facts import Facts, Schedule
    from donations.closing.tables import Table
    from donations.kernel.months import Month

PROOFS: Final = "proofs.csv"
WORKBOOK: Final = "workbook.xlsx"
PAGES: Final = "pack.pdf"
_IN_MEMORY: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as made: the manifest, its SHA-256, every file, and the ZIP file at its beginning."""

    manifest: bytes
    sha256: str
    files: tuple[Filed, ...]
    zip: IO[bytes]


@contextmanager
def build_pack(session: Session, month: Month) -> Iterator[Pack]:
    """Make the pack of a closed month; its ZIP file is gone at the end.

    Raises `NotFound` while the month is open, and `Unreproducible`.
    """
    with cast("IO[bytes]", tempfile.SpooledTemporaryFile(_IN_MEMORY)) as out:
        yield write_pack(session, month, out)


def write_pack(session: Session, month: Month, out: IO[bytes]) -> Pack:
    """The same, written to `out`."""
    closed = session.get(ClosedMonth, month.first_day)
    if closed is None:
        raise NotFound
    facts = unpacked(closed.facts)
    with tempfile.TemporaryDirectory() as name, force_locale("en"):
        folder = Path(name)
        files, written = _fill(folder, facts, list(schedules_of(session, facts)))
        archive(folder, out)
    out.seek(0)
    return Pack(written, hashlib.sha256(written).hexdigest(), files, out)


def _fill(folder: Path, facts: Facts, schedules: list[Schedule]) -> tuple[tuple[Filed, ...], bytes]:
    tables: list[Table] = []
    held: dict[str, list[str]] = {}
    for schedule in schedules:
        written = [
            write_table(folder, file_name(schedule, number), schedule.number, section)
            for number, section in enumerate(schedule.sections)
        ]
        held[schedule.name] = [table.filed.name for table in written]
        tables += written
    proofs = write_table(folder, PROOFS, 0, facts.proofs)
    write_workbook(folder / WORKBOOK, facts, schedules)
    (folder / PAGES).write_bytes(pdf(facts, tables, proofs))
    files = (
        *(table.filed for table in (*tables, proofs)),
        *(Filed.of(folder, each) for each in (WORKBOOK, PAGES)),
    )
    made = manifest(facts, files, held)
    (folder / MANIFEST).write_bytes(made)
    return files, made


def file_name(schedule: Schedule, number: int) -> str:
    """What the file of a table is called: `schedules/05-journal.csv`, and more for later ones."""
    more = f"-{schedule.sections[number].name.replace('_', '-')}" if number else ""
    return f"schedules/{schedule.number:02}-{schedule.name}{more}.csv"
