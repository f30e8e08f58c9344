"""What a report's address asks for: filters are read from the URL and nothing else.

A value no form of ours would send ends in a 400 page rather than in a silently wider report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from flask import abort, request

from donations.kernel.cadence import Frequency
from donations.kernel.currencies import CURRENCIES
from donations.kernel.months import Month
from donations.reports.gifts import GiftFilter, Status
from donations.reports.supporters import Belonging, SupporterFilter
from donations.reports.today import MONTHS_SHOWN

if TYPE_CHECKING:
    from collections.abc import Callable

_Value = TypeVar("_Value")
_LONGEST = 80
_FILTERS = frozenset(
    (
        *("month", "frequency", "currency", "state", "from", "to", "period", "membership"),
        *("number", "kind", "matched"),
    )
)


@dataclass(frozen=True, slots=True)
class Period:
    """From one month to another, both included."""

    first: Month
    last: Month


def asked(name: str, read: Callable[[str], _Value]) -> _Value | None:
    """The value called `name`, read by `read`; None if empty, a 400 page if it cannot be read."""
    text = request.args.get(name, "").strip()
    if not text:
        return None
    try:
        return read(text[:_LONGEST])
    except ValueError:
        abort(400)


def asked_gifts() -> GiftFilter:
    """Which gifts the address asks for."""
    return GiftFilter(
        month=asked("month", Month.parse),
        frequency=asked("frequency", lambda text: Frequency(text).value),
        currency=asked("currency", read_currency),
        status=asked("state", Status),
    )


def asked_supporters() -> SupporterFilter:
    """Which supporters the address asks for."""
    return SupporterFilter(
        belonging=asked("membership", Belonging), number=asked("number", str.lower)
    )


def asked_period(this_month: Month, begin: Month | None) -> Period:
    """The period the address asks for: a year back by default, or `all` since the books began."""
    if request.args.get("period") == "all":
        return Period(min(begin or this_month, this_month), this_month)
    last = asked("to", Month.parse) or this_month
    return Period(asked("from", Month.parse) or last.later(1 - MONTHS_SHOWN), last)


def kept_filters() -> dict[str, str]:
    """The filters of this address, to build the next one from.

    Nothing else is carried on: `url_for` would take a stranger's `_scheme` for its own.
    """
    return {name: value for name, value in request.args.items() if value and name in _FILTERS}


def read_currency(text: str) -> str:
    """A currency of the table.  Raises `ValueError`."""
    if text not in CURRENCIES:
        raise ValueError(text)
    return text
