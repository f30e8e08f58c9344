"""The lines of a file in order, each with what it tells and the key under which it is here once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from donations.adoption.past_rows import PastRow, RowReader, Skipped
from donations.kernel.errors import FieldRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from donations.adoption.sheets import Sheet
    from donations.vault.keys import MasterKey

_SHORT: Final = 8


@dataclass(frozen=True, slots=True)
class Line:
    """A line; without a `row` its `outcome` is `bad` or `skipped`, and `reason` says why."""

    number: int
    key: bytes
    row: PastRow | None
    outcome: str = ""
    reason: str = ""


def lines_of(sheet: Sheet, reader: RowReader, master: MasterKey, source: str) -> Iterator[Line]:
    """Every line of the file from its beginning on.

    Where the other program gave no number, what a line says is its key; the second of two that
    say the same is another payment, so how often it was said counts too.
    """
    times: Counter[bytes] = Counter()
    for number, fields in sheet.rows():
        try:
            row = reader.read(number, fields)
        except FieldRefused as refusal:
            outcome = "skipped" if isinstance(refusal, Skipped) else "bad"
            empty = master.index("past_line", f"{sheet.sha256}\x1f{number}")
            yield Line(number, empty, None, outcome, f"{refusal.field}.{refusal.reason}")
            continue
        words = row.outside
        if not words:
            said = master.index("past_said", row.content())[:_SHORT]
            times[said] += 1
            words = f"{row.content()}\x1f{times[said]}"
        yield Line(number, master.index("past_gift", f"{source}\x1f{words}"), row)
