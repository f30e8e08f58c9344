"""A file of readers, for a service that no program talks to.

The file names people: whoever holds it holds the list.  A value that begins like a formula gets an
apostrophe in front (OWASP, CSV injection; ASVS 5.0.0, 1.2.10).
"""

from __future__ import annotations

import csv
from datetime import UTC
from typing import TYPE_CHECKING, Final

from donations.kernel.errors import GivenUp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import Protocol

    from donations.newsletters.audiences.audience import Place, Reader

    class Pages(Protocol):
        """Whatever takes text: a file, or the buffer of an answer."""

        def write(self, text: str, /) -> object:
            """Take a piece of the file."""


SERVICE: Final = "csv"
HEADER: Final = ("email", "newsletter", "language", "confirmed_utc", "preferences_url")
_FORMULA_BEGINS: Final = ("=", "+", "-", "@")


class CsvFile:
    """An `Audience` that is a file: readers can be put into it and not taken out."""

    service = SERVICE

    def __init__(self, pages: Pages, newsletters: frozenset[str]) -> None:
        """Writes the header at once."""
        self.newsletters = newsletters
        self._writer = csv.writer(pages)
        self._writer.writerow(HEADER)

    def foreseen(self, email: str) -> None:
        """A line has no id."""

    def put(self, reader: Reader, remote: str | None) -> None:  # noqa: ARG002 - a line has no id
        """Write the reader's line."""
        confirmed = reader.confirmed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        cells = (reader.email, reader.newsletter, reader.language, confirmed, reader.choices_url)
        self._writer.writerow([_safe(cell) for cell in cells])

    def take_out(self, place: Place) -> None:  # noqa: ARG002 - there is no way back
        """Raises `GivenUp`: a file that was handed over is not ours any more."""
        message = "A reader cannot be taken out of a file that was handed over."
        raise GivenUp(message)

    def left(self, newsletter: str, since: datetime | None) -> Iterator[str]:  # noqa: ARG002 - nobody answers
        """Nobody is told of by a file."""
        return iter(())


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_BEGINS) else text
