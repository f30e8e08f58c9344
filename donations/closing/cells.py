"""The cells of a report as plain JSON and back, so that rows can be kept as they were."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from donations.kernel.money import Money
from donations.reports.table import Row

if TYPE_CHECKING:
    from donations.reports.table import Cell


def frozen_row(row: Row) -> list[Any]:
    """A row without its links: its cells, and whether it is a total."""
    return [[frozen(cell) for cell in row.cells], int(row.strong)]


def thawed_row(kept: list[Any]) -> Row:
    """The row that was kept."""
    cells, strong = kept
    return Row(tuple(thawed(cell) for cell in cells), strong=bool(strong))


def frozen(cell: Cell) -> Any:  # noqa: ANN401 - JSON
    """A cell as JSON; a text still to be translated is taken in the language of the moment."""
    match cell:
        case None | int():
            return cell
        case Money():
            return {"money": [cell.minor, cell.currency]}
        case Decimal():
            return {"number": format(cell, "f")}
        case datetime():
            return {"moment": cell.isoformat()}
        case date():
            return {"day": cell.isoformat()}
    return str(cell)


def thawed(kept: Any) -> Cell:  # noqa: ANN401 - JSON
    """The cell that was kept."""
    match kept:
        case {"money": [int(minor), str(currency)]}:
            return Money(minor, currency)
        case {"number": str(number)}:
            return Decimal(number)
        case {"moment": str(moment)}:
            return datetime.fromisoformat(moment)
        case {"day": str(day)}:
            return date.fromisoformat(day)
        case None | int() | str():
            return kept
    message = f"This is no cell: {kept!r}"
    raise ValueError(message)
