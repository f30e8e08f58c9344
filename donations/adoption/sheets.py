"""A file of comma-separated values, read line by line: a large one takes no more memory.

UTF-8 with or without a mark, or else Windows-1252, as spreadsheets of the West write it.  The first
line names the columns, and tells by which sign they are separated.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from donations.kernel.errors import FieldRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SIGNS: Final = (",", ";", "\t")
_AT_ONCE: Final = 256 * 1024
_LONGEST_FIELD: Final = 128 * 1024


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file: its digest, how it is written, its headings, and about how many lines it has."""

    path: Path
    sha256: str
    encoding: str
    sign: str
    heads: tuple[str, ...]
    lines: int

    @classmethod
    def open(cls, path: Path) -> Self:
        """Look at a file once through.  Raises `FieldRefused` if it is no such file."""
        digest, utf8, lines = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")(), 0
        encoding = "utf-8-sig"
        with path.open("rb") as file:
            while part := file.read(_AT_ONCE):
                digest.update(part)
                lines += part.count(b"\n")
                if encoding == "utf-8-sig":
                    try:
                        utf8.decode(part)
                    except UnicodeDecodeError:
                        encoding = "cp1252"
        heads, sign = _heads(path, encoding)
        return cls(path, digest.hexdigest(), encoding, sign, heads, lines)

    def rows(self, after: int = 0) -> Iterator[tuple[int, list[str] | None]]:
        """The rows behind a line: on which line each begins, and its fields.

        None instead of the fields of one that cannot be read.  Empty rows are left out.
        """
        with self.path.open(encoding=self.encoding, errors="replace", newline="") as file:
            reader = csv.reader(file, delimiter=self.sign, strict=True)
            csv.field_size_limit(_LONGEST_FIELD)
            next(reader, None)
            while True:
                line = reader.line_num + 1
                try:
                    row = next(reader)
                except StopIteration:
                    return
                except csv.Error:
                    row = None
                if line > after and (row is None or any(row)):
                    yield line, None if row is None else self._fitted(row)

    def _fitted(self, row: Sequence[str]) -> list[str] | None:
        """A row with as many fields as there are headings; empty ones at its end may be missing."""
        width = len(self.heads)
        if any(row[width:]) or "\ufffd" in "".join(row):
            return None
        return [*row[:width], *[""] * (width - len(row))]


def _heads(path: Path, encoding: str) -> tuple[tuple[str, ...], str]:
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        first = file.readline(_LONGEST_FIELD)
    sign = max(SIGNS, key=first.count)
    try:
        heads = next(csv.reader([first], delimiter=sign, strict=True), [])
    except csv.Error as error:
        raise FieldRefused("file", "no_csv") from error
    if not any(heads):
        raise FieldRefused("file", "empty")
    return tuple(head.strip() for head in heads), sign
