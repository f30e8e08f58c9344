"""Calendar months of the newsroom's own zone, as half-open spans of UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_WRITTEN: Final = re.compile(r"(?P<year>20[0-9]{2})-(?P<month>0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One month of one year."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "2026-11".  Raises `ValueError`."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            message = "A month is written like 2026-11."
            raise ValueError(message)
        return cls(int(found["year"]), int(found["month"]))

    @classmethod
    def of(cls, instant: datetime, zone: ZoneInfo) -> Self:
        """The month `instant` falls in, by the clocks of `zone`."""
        local = instant.astimezone(zone)
        return cls(local.year, local.month)

    @property
    def first_day(self) -> date:
        """The first of the month."""
        return date(self.year, self.month, 1)

    def start(self, zone: ZoneInfo) -> datetime:
        """The instant, in UTC, at which the month begins in `zone`."""
        return datetime(self.year, self.month, 1, tzinfo=zone).astimezone(UTC)

    def end(self, zone: ZoneInfo) -> datetime:
        """The instant, in UTC, at which the next month begins: the first that is outside."""
        return self.later(1).start(zone)

    def last_moment(self, zone: ZoneInfo) -> datetime:
        """The last whole second of the month in `zone`, in UTC."""
        return self.end(zone) - timedelta(seconds=1)

    @property
    def last_day(self) -> date:
        """The last day of the month."""
        return self.later(1).first_day - timedelta(days=1)

    @classmethod
    def of_day(cls, day: date) -> Self:
        """The month `day` is in."""
        return cls(day.year, day.month)

    def fiscal_year(self, begins: int) -> Month:
        """The first month of the fiscal year this month is in; years begin with month `begins`."""
        return Month(self.year if self.month >= begins else self.year - 1, begins)

    def later(self, months: int) -> Month:
        """The month so many months after this one, or before it if negative."""
        years, month0 = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(years, month0 + 1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


def months_between(first: Month, last: Month) -> tuple[Month, ...]:
    """Every month from `first` to `last`, both included; none if they are the wrong way round."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return tuple(first.later(ahead) for ahead in range(max(count, 0)))
