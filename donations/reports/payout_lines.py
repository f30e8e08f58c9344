"""Payout lines: every movement a payout is made of, with the gift and the account it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from donations.ledger.chart import AGAINST, Account, Kind
from donations.ledger.codes import income_kind
from donations.payouts.models import Payout, PayoutTotal
from donations.reports.arriving import arriving, in_months
from donations.reports.payout_movements import LineRow, line_rows
from donations.reports.table import Column, Definition, Link, Report, Row, Section, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from donations.reports.table import Question

_PAYOUTS: Final = 100
_LINES: Final = 1000


def build(session: Session, question: Question) -> Report:
    """Every line of the payouts that arrive in the months asked about, or of the one asked for."""
    rows = (
        _row(line, question)
        for ids in _some_at_a_time(session, question)
        for line in line_rows(session, Payout.id.in_(ids), as_of=question.as_of)
    )
    return Report((Section("lines", _("Payout lines"), _COLUMNS, rows),))


def _some_at_a_time(session: Session, question: Question) -> Iterator[list[int]]:
    """The payouts in the order they arrive, so many at once as have a page of lines."""
    wanted = list(in_months(question))
    if question.subject is not None:
        wanted[0] = Payout.stripe_id == question.subject
    together: list[int] = []
    count = 0
    for found in arriving(session, *wanted, at_once=_PAYOUTS):
        lines = _counts(session, [payout.id for payout in found])
        for payout in found:
            many = lines.get(payout.id, 0)
            if together and count + many > _LINES:
                yield together
                together, count = [], 0
            together.append(payout.id)
            count += many
    if together:
        yield together


def _counts(session: Session, payout_ids: Sequence[int]) -> dict[int, int]:
    """How many lines payouts have, those without any left out."""
    statement = (
        select(PayoutTotal.payout_id, func.sum(PayoutTotal.lines))
        .where(PayoutTotal.payout_id.in_(payout_ids))
        .group_by(PayoutTotal.payout_id)
    )
    return {payout_id: int(many) for payout_id, many in session.execute(statement)}


def _row(line: LineRow, question: Question) -> Row:
    given = line.given_at and line.given_at.astimezone(question.zone).date()
    cells = (
        line.payout,
        line.movement,
        line.kind or f"unbooked_{line.category}",
        line.occurred_at,
        line.occurred_at.astimezone(question.zone).strftime("%Y-%m-%d %H:%M"),
        line.available_on and line.available_on.date(),
        line.gift,
        line.supporter,
        income_kind(line.frequency),
        line.fund or None,
        _code(line, question),
        line.charged,
        line.charged and line.charged.currency.upper(),
        line.exchange_rate,
        line.amount.currency.upper(),
        line.amount,
        line.fee,
        line.net,
        given,
    )
    links = {"payout": Link("payout", {"payout": line.payout})}
    if line.gift is not None:
        links["gift"] = Link("gift", {"public_id": line.gift})
    if line.supporter is not None:
        links["supporter"] = Link("supporter", {"public_id": line.supporter})
    return Row(cells, links)


def _code(line: LineRow, question: Question) -> str:
    """The newsroom's code of the account the amount is booked against; suspense until it is."""
    account = Account.SUSPENSE if line.kind is None else AGAINST[Kind(line.kind)][0]
    kind = income_kind(line.frequency)
    return question.codes.of(account, line.amount.currency, kind, line.fund).code


_COLUMNS: Final = (
    Column("payout", _("Payout")),
    Column("movement", _("Movement at Stripe")),
    Column("category", _("Category"), Shape.WORD, "LINE_KINDS"),
    Column("created", _("Created"), Shape.MOMENT),
    Column("created_local", _("Created, local time")),
    Column("available_on", _("Available on"), Shape.DAY),
    Column("gift", _("Gift")),
    Column("supporter", _("Supporter")),
    Column("kind", _("Kind"), Shape.WORD, "INCOME_KINDS"),
    Column("fund", _("Fund")),
    Column("code", _("Code")),
    Column("charged", _("Charged"), Shape.MONEY),
    Column("charged_currency", _("Charged in")),
    Column("rate", _("Rate"), Shape.RATE),
    Column("currency", _("Currency")),
    Column("gross", _("Gross"), Shape.MONEY),
    Column("fee", _("Fee"), Shape.MONEY),
    Column("net", _("Net"), Shape.MONEY),
    Column("given_on", _("Original charge"), Shape.DAY),
)

PAYOUT_LINES: Final = Definition(
    number=2,
    name="payout-lines",
    title=_("Payout lines"),
    definition=_(
        "Every movement of the automatic payouts that arrive in these months, as Stripe listed it."
        " Charges and invoices are named by the gift they paid, never by an id of the payment."
        " Gross less fee is net; the net of a payout’s lines is the payout."
    ),
    build=build,
    filters=("currency", "subject"),
    in_pack=True,
)
