"""Files for programs that take only so many lines of a file: journals stay whole."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from donations.reports.spreadsheet import cell_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from donations.reports.spreadsheet import Cell


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an export."""

    name: str
    text: str


def csv_parts(
    name: str, header: Sequence[str], journals: Iterable[Sequence[Sequence[Cell]]], most: int
) -> Iterator[Part]:
    """Comma-separated files of at most `most` lines below the header, none with half a journal.

    A journal that alone is longer makes a file of its own.  There is always one file.
    """
    number = 1
    lines: list[Sequence[Cell]] = []
    for journal in journals:
        if lines and len(lines) + len(journal) > most:
            yield _part(f"{name}-{number:03}.csv", header, lines)
            number, lines = number + 1, []
        lines.extend(journal)
    if lines or number == 1:
        yield _part(f"{name}-{number:03}.csv", header, lines)


def archive(parts: Iterable[Part], day: date) -> Iterator[bytes]:
    """A ZIP of the parts, in pieces; its files bear the date `day`, so that bytes do not vary."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in parts:
            about = zipfile.ZipInfo(part.name, (day.year, day.month, day.day, 0, 0, 0))
            packed.writestr(about, part.text.encode(), zipfile.ZIP_DEFLATED)
            yield sink.taken()
    yield sink.taken()


def _part(name: str, header: Sequence[str], lines: Iterable[Sequence[Cell]]) -> Part:
    # No byte order mark: an importer would take it for a part of the first heading.
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(header)
    writer.writerows([cell_text(cell) for cell in line] for line in lines)
    return Part(name, buffer.getvalue())


class _Sink(io.RawIOBase):
    """Where an archive is written piece by piece; nothing in it can be gone back to."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        """What was written since it was last taken."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
