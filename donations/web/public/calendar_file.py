"""A calendar file of one entry, as RFC 5545 wants it: CRLF, folded lines, escaped text.

The entry names nobody and no cause: whoever looks into the calendar sees a word and a link.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_LONGEST_LINE: Final = 75
"""In octets, without the line's end (RFC 5545, 3.1)."""
_WAKES_AT: Final = "PT9H"
"""An entry of a whole day begins at midnight; nine hours later somebody looks."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A whole day, once or every so many months, with a title and a link."""

    day: date
    title: str
    url: str
    every_months: int | None = None

    @property
    def uid(self) -> str:
        """The same for the same entry, however often it is made; tells nothing (RFC 7986, 5.3)."""
        words = f"{self.day.isoformat()} {self.every_months or 0} {self.url}"
        return str(uuid.uuid5(uuid.NAMESPACE_URL, words))

    @property
    def ends_before(self) -> date:
        """The day after: an end is not part of the entry."""
        return self.day + timedelta(days=1)

    @property
    def rule(self) -> str | None:
        """How it recurs, as RRULE says it; None for once.

        A day that a month lacks becomes its last: what RRULE would leave out is its last day.
        """
        if self.every_months is None:
            return None
        rule = f"FREQ=MONTHLY;INTERVAL={self.every_months}"
        if self.day.day <= _DAYS_EVERY_MONTH_HAS:
            return rule
        days = ",".join(str(day) for day in range(_DAYS_EVERY_MONTH_HAS, self.day.day + 1))
        return f"{rule};BYMONTHDAY={days};BYSETPOS=-1"


_DAYS_EVERY_MONTH_HAS: Final = 28


def calendar_file(entry: Entry, *, made_at: datetime) -> bytes:
    """The file; `made_at` is when, by our clock."""
    return "".join(_folded(line) for line in _lines(entry, made_at)).encode()


def _lines(entry: Entry, made_at: datetime) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield "PRODID:-//Reminder//EN"
    yield "CALSCALE:GREGORIAN"
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.uid}"
    yield f"DTSTAMP:{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{entry.ends_before:%Y%m%d}"
    if entry.rule is not None:
        yield f"RRULE:{entry.rule}"
    yield f"SUMMARY:{_text(entry.title)}"
    yield f"DESCRIPTION:{_text(entry.url)}"
    yield f"URL:{entry.url}"
    yield "CLASS:PRIVATE"
    yield "TRANSP:TRANSPARENT"
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"DESCRIPTION:{_text(entry.title)}"
    yield f"TRIGGER:{_WAKES_AT}"
    yield "END:VALARM"
    yield "END:VEVENT"
    yield "END:VCALENDAR"


def _text(value: str) -> str:
    """A value of the type TEXT (RFC 5545, 3.3.11)."""
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        value = value.replace(plain, escaped)
    return value.replace("\r", "")


def _folded(line: str) -> str:
    """A line and its end, broken before the 76th octet and never inside a character."""
    pieces, length = [""], 0
    for character in line:
        octets = len(character.encode())
        if length + octets > _LONGEST_LINE:
            pieces.append(" ")
            length = 1
        pieces[-1] += character
        length += octets
    return "".join(f"{piece}\r\n" for piece in pieces)
