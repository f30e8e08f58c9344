"""Tie-outs: a figure of the report beside the same figure of the books, and their difference.

The difference is printed always, 0.00 or not: that a report ties is for its reader to see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask_babel import lazy_gettext as _

from donations.reports.table import Column, Row, Section, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from donations.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Check:
    """What is compared, in words; what the report says (`here`) and what the books say."""

    what: str
    here: Money
    there: Money


def tie_out(checks: Iterable[Check]) -> Section:
    """The table of a report's checks."""
    rows = [
        Row(
            (
                check.here.currency.upper(),
                check.what,
                check.here,
                check.there,
                check.here - check.there,
            )
        )
        for check in checks
    ]
    return Section("tie_out", _("Tie-out"), _COLUMNS, rows)


_COLUMNS: Final = (
    Column("currency", _("Currency")),
    Column("check", _("Compared")),
    Column("report", _("This report"), Shape.MONEY),
    Column("books", _("The books"), Shape.MONEY),
    Column("difference", _("Difference"), Shape.DIFFERENCE),
)
