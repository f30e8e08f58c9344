"""The pack as one workbook: a sheet that says what it is, one for each table, one of proofs.

The amounts of a sheet are numbers, for adding up; the CSV files beside it are exact texts.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from donations.closing.archive import archive, unpack_plainly
from donations.reports.files import add_sheet
from donations.reports.table import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from donations.closing.facts import Facts, Schedule
    from donations.reports.table import Section

MOST_ROWS: Final = 1_000_000  # a sheet ends at 1,048,576
_OPTIONS: Final = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def write_workbook(path: Path, facts: Facts, schedules: Sequence[Schedule]) -> None:
    """Write the workbook to `path`; the same facts and rows make the same bytes.

    It is packed without compression, so that no compressor can change them.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        raw = folder / "raw.xlsx"
        with xlsxwriter.Workbook(str(raw), {**_OPTIONS, "tmpdir": name}) as book:
            book.set_properties({"created": facts.closed_at.replace(tzinfo=None)})
            _about(book, facts)
            for number, section in sections(schedules):
                add_sheet(book, _short(number, section))
            add_sheet(book, facts.proofs)
        parts = folder / "parts"
        unpack_plainly(raw, parts)
        with path.open("wb") as out:
            archive(parts, out, compressed=False)


def sections(schedules: Iterable[Schedule]) -> Iterator[tuple[int, Section]]:
    """Every table with the number of its schedule."""
    for schedule in schedules:
        for section in schedule.sections:
            yield schedule.number, section


def _short(number: int, section: Section) -> Section:
    rows = iter(section.rows)
    told = f"More rows stand in the CSV file; this sheet has the first {MOST_ROWS}."
    more = (Row((told,)) for _ in islice(rows, 1))
    return replace(
        section, name=f"{number:02} {section.name}", rows=chain(islice(rows, MOST_ROWS), more)
    )


def _about(book: Any, facts: Facts) -> None:  # noqa: ANN401 - xlsxwriter carries no types
    sheet = book.add_worksheet("about")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 110)
    lines = [
        *cover(facts),
        *((f"{one.number} {one.title}", one.definition) for one in facts.schedules),
    ]
    for at, (name, text) in enumerate(lines):
        sheet.write_string(at, 0, name)
        sheet.write_string(at, 1, text)


def cover(facts: Facts) -> list[tuple[str, str]]:
    """What every reader of a pack must know first."""
    return [
        ("Newsroom", facts.newsroom),
        ("Month", f"{facts.month}, by accounting date"),
        ("Time zone", facts.zone),
        ("Currencies", ", ".join(code.upper() for code in facts.currencies) or "none"),
        ("Closed", f"{facts.closed_at:%Y-%m-%d %H:%M} UTC by {facts.closed_by}"),
        ("As of entry", str(facts.last_number)),
        ("Made by", f"donations {facts.program}"),
        *((f"Explained ({one.about})", f"{one.text} ({one.by})") for one in facts.said),
    ]
