"""Every report that can be asked for, in the order accountants number them."""

from __future__ import annotations

from typing import Final

from donations.kernel.errors import NotFound
from donations.reports.income_by_account import INCOME_BY_ACCOUNT
from donations.reports.table import Definition

REPORTS: Final[tuple[Definition, ...]] = tuple(
    sorted(
        (INCOME_BY_ACCOUNT,),
        key=lambda definition: definition.number,
    )
)


def report_named(name: str) -> Definition:
    """The report called `name` in addresses and file names.  Raises `NotFound`."""
    for definition in REPORTS:
        if definition.name == name:
            return definition
    raise NotFound
