"""Asks reports questions, and reads their answers as tables."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from donations.kernel.months import Month
from donations.ledger.books import last_number
from donations.ledger.codes import Codes
from donations.reports.table import Question


def question(session, first="2026-11", last=None, **more):
    """November 2026 of the Amsterdam newsroom's books as they stand, unless told otherwise."""
    asked = {
        "first": Month.parse(first),
        "last": Month.parse(last or first),
        "as_of": last_number(session),
        "zone": ZoneInfo("Europe/Amsterdam"),
        "codes": Codes.build({}),
        "fiscal_year_start": 1,
        "now": datetime(2026, 11, 24, 12, tzinfo=UTC),
    }
    return Question(**asked | more)


def tables(definition, session, asked):
    """Each section's rows as mappings from the keys of its columns, by the section's name."""
    return {
        section.name: [
            dict(zip((column.key for column in section.columns), row.cells, strict=True))
            for row in section.rows
        ]
        for section in definition.build(session, asked).sections
    }


def differences(tables_):
    """What a report's tie-out prints as differences, in minor units."""
    return [row["difference"].minor for row in tables_["tie_out"]]
