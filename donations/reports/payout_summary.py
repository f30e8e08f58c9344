"""Payout summary: each payout by arrival, what it is made of, and what the bank shows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask_babel import lazy_gettext as _

from donations.kernel.money import Money
from donations.reports.arriving import arriving, in_months
from donations.reports.payouts import PayoutRow, rows_of
from donations.reports.table import Column, Definition, Link, Report, Row, Section, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from donations.reports.table import Cell, Question

_AT_ONCE: Final = 520  # what a page of the office shows, and some more


def build(session: Session, question: Question) -> Report:
    """The payouts that arrive in the months asked about, and a total of each currency."""
    return Report((Section("payouts", _("Payouts"), _COLUMNS, _rows(session, question)),))


def _rows(session: Session, question: Question) -> Iterator[Row]:
    today = question.now.astimezone(question.zone).date()
    totals: dict[str, list[int]] = {}
    for found in arriving(session, *in_months(question), at_once=_AT_ONCE):
        for row in rows_of(session, found, today, question.as_of):
            yield _line(row)
            _add(totals, row)
    for currency in sorted(totals):
        *figures, net, bank, difference = (Money(minor, currency) for minor in totals[currency])
        head = (_("Total"), None, None, None, currency.upper())
        yield Row((*head, *figures, net, bank, difference, None, None), strong=True)


def _line(row: PayoutRow) -> Row:
    figures = row.figures
    parts: tuple[Cell, ...] = (None,) * 7 if figures is None else figures.parts
    last = row.arrivals[-1] if row.arrivals else None
    cells: tuple[Cell, ...] = (
        row.name,
        row.trace_id,
        row.arrives_on,
        row.state,
        row.amount.currency.upper(),
        *parts,
        row.amount if figures is None else figures.net,
        row.bank,
        row.difference,
        None if last is None else last.by,
        None if last is None else last.at,
    )
    links = {"payout": Link("payout", {"payout": row.name})}
    if last is not None:
        links["bank"] = Link("bank_line", {"line_id": str(last.line_id)})
    return Row(cells, links)


def _add(totals: dict[str, list[int]], row: PayoutRow) -> None:
    nothing = Money(0, row.amount.currency)
    parts = (nothing,) * 7 if row.figures is None else row.figures.parts
    net = row.amount if row.figures is None else row.figures.net
    more = (*parts, net, row.bank or nothing, row.difference)
    known = totals.get(nothing.currency, [0] * len(more))
    totals[nothing.currency] = [mine + its.minor for mine, its in zip(known, more, strict=True)]


_COLUMNS: Final = (
    Column("payout", _("Payout")),
    Column("trace_id", _("Trace id at the bank")),
    Column("arrival", _("Arrival"), Shape.DAY),
    Column("state", _("State"), Shape.WORD, "PAYOUT_STATES"),
    Column("currency", _("Currency")),
    Column("gross", _("Gross"), Shape.MONEY),
    Column("refunds", _("Refunds"), Shape.MONEY),
    Column("disputes", _("Disputes"), Shape.MONEY),
    Column("dispute_fees", _("Dispute fees"), Shape.MONEY),
    Column("stripe_fees", _("Stripe fees"), Shape.MONEY),
    Column("exchange", _("Exchange"), Shape.MONEY),
    Column("adjustments", _("Adjustments"), Shape.MONEY),
    Column("net", _("Net"), Shape.MONEY),
    Column("bank", _("At the bank"), Shape.MONEY),
    Column("difference", _("Difference"), Shape.DIFFERENCE),
    Column("matched_by", _("Matched by"), Shape.WORD, "MATCHED_BY"),
    Column("matched_at", _("Matched on"), Shape.MOMENT),
)

PAYOUT_SUMMARY: Final = Definition(
    number=1,
    name="payout-summary",
    title=_("Payout summary"),
    definition=_(
        "Payouts by the day Stripe says they arrive. What they are made of is known of automatic"
        " payouts only; of others the net is what was sent. Money paid again after a payout failed"
        " is an adjustment. The difference is what the bank shows less what was sent; a payout that"
        " is still on its way has none until five days after it should have arrived."
    ),
    build=build,
    filters=("currency",),
    in_pack=True,
)
