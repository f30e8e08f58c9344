"""How often a promise is kept, and arithmetic with months that is exact on every day."""

from __future__ import annotations

import calendar
from datetime import date, datetime
from enum import StrEnum


class Frequency(StrEnum):
    """How often a reader gives."""

    ONCE = "once"
    MONTHLY = "monthly"
    ANNUAL = "annual"

    @property
    def recurring(self) -> bool:
        """Whether the gift is a promise to give again."""
        return self is not Frequency.ONCE


def add_months(day: date, months: int) -> date:
    """`day` moved by whole months; a day the month lacks becomes that month's last.

    31 January plus one month is 28 or 29 February, and the caller who wants the 31st back in March
    keeps the original day and adds two months to it.
    """
    years, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(years, month0 + 1)[1]
    return date(years, month0 + 1, min(day.day, last))


def later(moment: datetime, months: int) -> datetime:
    """The same time of day some whole months later, by the rule of `add_months`."""
    return datetime.combine(add_months(moment.date(), months), moment.timetz())


def first_of_month(day: date) -> date:
    """The first day of `day`'s month."""
    return day.replace(day=1)


def months_ahead(today: date, count: int) -> list[date]:
    """The first days of the next `count` months, the coming one first."""
    start = first_of_month(today)
    return [add_months(start, ahead) for ahead in range(1, count + 1)]
