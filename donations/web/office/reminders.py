"""What reminders do: set, sent, opened and given, against the letters that were held back.

The page and the file count people and name none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import structlog
from flask import Response, g, render_template, stream_with_context
from flask_babel import gettext as _

from donations.kernel.database import db
from donations.kernel.months import Month
from donations.reminders.measuring import Measure, measure
from donations.reminders.timing import FURTHEST_MONTHS
from donations.reports.spreadsheet import spreadsheet
from donations.staff.roles import Permission
from donations.web.house import house
from donations.web.office import reminder_words
from donations.web.office.blueprint import page
from donations.web.office.queries import asked
from donations.web.office.reminder_chart import Drawing, drawing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flask.typing import ResponseReturnValue

    from donations.reports.spreadsheet import Cell

_log: Final = structlog.get_logger("donations.office")
_MONTHS_BACK: Final = 11
LONGEST_PERIOD: Final = 60
HEADER: Final = (
    *("grouping", "group", "set", "sent", "opened", "gave"),
    *("compared", "compared_gave", "held_back", "held_back_gave"),
    *("difference", "difference_low", "difference_high"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The months of the promised letters, both included, and how they are grouped."""

    first: Month
    last: Month
    by: str

    def groups(self, by: str) -> tuple[Measure, ...]:
        """The figures, grouped."""
        zone, now = house().newsroom.zone, house().clock.now()
        return measure(db.session(), self.first, self.last, by, zone=zone, now=now)


@page("/reminders", needs=Permission.REMINDERS)
def reminder_report() -> ResponseReturnValue:
    """The whole, what it shows, and one grouping."""
    chosen = _asked()
    whole = next(iter(chosen.groups("all")), None)
    return render_template(
        "office/reminders.html",
        asked=chosen,
        whole=whole,
        groups=() if whole is None else chosen.groups(chosen.by),
        drawing=None if whole is None else _drawing(whole),
        groupings=reminder_words.GROUPINGS,
        words=reminder_words,
    )


@page("/reminders.csv", needs=Permission.REMINDERS)
def reminder_csv() -> ResponseReturnValue:
    """The same months as a file: the whole, then every grouping."""
    chosen = _asked()
    as_of = house().clock.now().astimezone(UTC).strftime("%Y-%m-%dT%H%MZ")
    _log.info("exported", report="reminders", staff=g.visitor.staff_id)
    response = Response(
        stream_with_context(spreadsheet(HEADER, _lines(chosen))),
        content_type="text/csv; charset=utf-8",
    )
    response.headers["Content-Disposition"] = f'attachment; filename="reminders-{as_of}.csv"'
    return response


def _asked() -> Asked:
    """The last year and what is promised ahead, unless the address says otherwise."""
    this_month = Month.of(house().clock.now(), house().newsroom.zone)
    last = asked("to", Month.parse) or this_month.later(FURTHEST_MONTHS)
    first = asked("from", Month.parse) or min(this_month, last).later(-_MONTHS_BACK)
    return Asked(
        max(first, last.later(1 - LONGEST_PERIOD)), last, asked("by", _grouping) or "placement"
    )


def _grouping(text: str) -> str:
    """A grouping there is.  Raises `ValueError`."""
    if text not in reminder_words.GROUPINGS:
        raise ValueError(text)
    return text


def _drawing(whole: Measure) -> Drawing | None:
    if whole.given_rate is None or whole.held_rate is None:
        return None
    return drawing(
        (
            (_("Had the letter"), "given", whole.given_rate),
            (_("Held back for two weeks"), "held", whole.held_rate),
        )
    )


def _lines(chosen: Asked) -> Iterator[Sequence[Cell]]:
    for by in ("all", *reminder_words.GROUPINGS):
        for group in chosen.groups(by):
            yield (by, group.by, *_counts(group), *_difference(group))


def _counts(group: Measure) -> Sequence[Cell]:
    return (
        *(group.set, group.sent, group.opened, group.gave),
        *(group.compared, group.compared_gave, group.held, group.held_gave),
    )


def _difference(group: Measure) -> Sequence[Cell]:
    found = group.difference
    if found is None:
        return (None, None, None)
    return tuple(Decimal(f"{share:.4f}") for share in (found.middle, found.low, found.high))
