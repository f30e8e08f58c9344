"""The reports as CSV: the same rows as on the screen, never an identity."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

import structlog
from flask import Response, g, stream_with_context

from donations.kernel.database import db
from donations.reports.gifts import every_gift
from donations.reports.spreadsheet import spreadsheet
from donations.reports.supporters import every_supporter
from donations.staff.roles import Permission
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.income import asked_income
from donations.web.office.queries import asked_gifts, asked_supporters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from donations.reports.figures import Figures
    from donations.reports.gifts import GiftFilter, GiftRow
    from donations.reports.income import Income
    from donations.reports.spreadsheet import Cell
    from donations.reports.supporters import SupporterFilter, SupporterRow

_log: Final = structlog.get_logger("donations.office")
_FIGURES: Final = ("gross", "fees", "refunds", "disputes", "dispute_fees", "other", "net")
INCOME_HEADER: Final = ("month", "frequency", "settled_currency", "gifts", *_FIGURES)
GIFTS_HEADER: Final = (
    *("gift", "received_utc", "received_local", "frequency", "method", "state"),
    *("charged", "charged_currency", "settled_currency", *_FIGURES, "supporter", "receipt"),
    "fund",
)
SUPPORTERS_HEADER: Final = (
    *("supporter", "since_utc", "membership", "charged_currency", "gifts", "charged_total"),
    "last_gift_utc",
)


@page("/income.csv", needs=Permission.INCOME_EXPORT)
def income_csv() -> Response:
    """The income report of the same address."""
    return _file("income", INCOME_HEADER, _income_cells(asked_income()))


@page("/gifts.csv", needs=Permission.GIFTS_EXPORT)
def gifts_csv() -> Response:
    """Every gift of the filter, not only the page shown."""
    return _file("gifts", GIFTS_HEADER, _gift_lines(asked_gifts()))


@page("/supporters.csv", needs=Permission.SUPPORTERS_EXPORT)
def supporters_csv() -> Response:
    """Every supporter of the filter by number, a line for each currency given in."""
    return _file("supporters", SUPPORTERS_HEADER, _supporter_lines(asked_supporters()))


def _file(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    as_of = house().clock.now().astimezone(UTC).strftime("%Y-%m-%dT%H%MZ")
    _log.info("exported", report=name, staff=g.visitor.staff_id)
    response = Response(
        stream_with_context(spreadsheet(header, rows)), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{as_of}.csv"'
    return response


# The session is asked for inside the generators: only there is it the one that ends with the
# answer.
def _gift_lines(chosen: GiftFilter) -> Iterator[Sequence[Cell]]:
    for row in every_gift(db.session(), house().newsroom.zone, chosen):
        yield _gift_cells(row)


def _supporter_lines(chosen: SupporterFilter) -> Iterator[Sequence[Cell]]:
    for row in every_supporter(db.session(), chosen):
        yield from _supporter_cells(row)


def _income_cells(report: Income) -> Iterator[Sequence[Cell]]:
    for line in report.lines:
        frequency, currency = line.frequency or "none", line.currency.upper()
        yield (str(line.month), frequency, currency, line.gifts, *_figure_cells(line.figures))


def _gift_cells(row: GiftRow) -> Sequence[Cell]:
    settled = row.settled
    return (
        row.public_id,
        row.received_at,
        _local(row.received_at),
        row.frequency,
        row.method,
        row.status.value,
        row.charged.decimal,
        row.charged.currency.upper(),
        None if settled is None else settled.currency.upper(),
        *_figure_cells(settled),
        row.supporter,
        row.receipt,
        row.fund or None,
    )


def _supporter_cells(row: SupporterRow) -> Iterator[Sequence[Cell]]:
    for given in row.given:
        total = given.total
        yield (
            *(row.public_id, row.since, row.membership, total.currency.upper()),
            *(given.gifts, total.decimal, given.last_at),
        )
    if not row.given:
        yield (row.public_id, row.since, row.membership, None, 0, None, None)


def _figure_cells(figures: Figures | None) -> Sequence[Cell]:
    if figures is None:
        return (None,) * len(_FIGURES)
    return (*(part.decimal for part in figures.parts), figures.net.decimal)


def _local(instant: datetime) -> str:
    return instant.astimezone(house().newsroom.zone).strftime("%Y-%m-%d %H:%M")
