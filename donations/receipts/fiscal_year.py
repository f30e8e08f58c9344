"""A fiscal year, whatever day it begins on: a January's, a July's, the UK's sixth of April."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_BEGINS: Final = re.compile(r"(?P<month>[0-9]{1,2})(?:-(?P<day>[0-9]{1,2}))?")
_YEARS: Final = range(2000, 2100)
_LAST_SAFE_DAY: Final = 28  # every month has it, in every year


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """The twelve months from `first_on` on."""

    first_on: date

    @classmethod
    def parse(cls, year: str, begins: str) -> Self:
        """The year that begins in `year`, on `begins`: a month ("7") or a month and day ("4-6").

        Raises `ValueError`.
        """
        found = _BEGINS.fullmatch(begins)
        number = int(year) if year.isascii() and year.isdigit() else 0
        if found is None or number not in _YEARS or int(found["day"] or 1) > _LAST_SAFE_DAY:
            message = "not a fiscal year"
            raise ValueError(message)
        return cls(date(number, int(found["month"]), int(found["day"] or 1)))

    @classmethod
    def of(cls, day: date, begins: str) -> Self:
        """The year `day` is in.  Raises `ValueError`."""
        this = cls.parse(str(day.year), begins)
        return this if this.first_on <= day else cls.parse(str(day.year - 1), begins)

    @property
    def last_on(self) -> date:
        """The last day of the year."""
        return self.first_on.replace(year=self.first_on.year + 1) - timedelta(days=1)

    def start(self, zone: ZoneInfo) -> datetime:
        """The moment, in UTC, at which the year begins in `zone`."""
        return datetime.combine(self.first_on, time(), zone).astimezone(UTC)

    def end(self, zone: ZoneInfo) -> datetime:
        """The moment, in UTC, at which the next one begins: the first that is outside."""
        following = self.last_on + timedelta(days=1)
        return datetime.combine(following, time(), zone).astimezone(UTC)

    @property
    def name(self) -> str:
        """A calendar year is "2026", any other "2026–27"."""
        year = self.first_on.year
        calendar = (self.first_on.month, self.first_on.day) == (1, 1)
        return str(year) if calendar else f"{year}–{(year + 1) % 100:02}"
