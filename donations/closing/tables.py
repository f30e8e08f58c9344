"""The tables of a pack as CSV files, and what of each is printed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from donations.closing.manifest import Filed
from donations.reports.files import csv_pieces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from donations.reports.table import Row, Section

MOST_PRINTED: Final = 200


@dataclass(frozen=True, slots=True)
class Table:
    """A table in its file: printed `whole`, or only its totals if it is long.

    `number` is that of its schedule, 0 for the proofs.
    """

    number: int
    section: Section
    filed: Filed
    shown: tuple[Row, ...]
    whole: bool


def write_table(folder: Path, name: str, number: int, section: Section) -> Table:
    """Write a table to `folder` as the CSV file `name`, reading its rows once."""
    seen = _Seen(section)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as written:
        written.writelines(csv_pieces(replace(section, rows=seen.rows()), None))
    whole = seen.count <= MOST_PRINTED
    shown = tuple(seen.first if whole else seen.totals)
    return Table(number, section, Filed.of(folder, name, seen.count), shown, whole)


class _Seen:
    """Counts rows as they pass, and keeps the few that may be printed."""

    def __init__(self, section: Section) -> None:
        self._section = section
        self.count = 0
        self.first: list[Row] = []
        self.totals: list[Row] = []

    def rows(self) -> Iterator[Row]:
        for row in self._section.rows:
            self.count += 1
            if self.count <= MOST_PRINTED:
                self.first.append(row)
            if row.strong and len(self.totals) < MOST_PRINTED:
                self.totals.append(row)
            yield row
