"""Payout lines: every movement a payout is made of, with the gift and the account it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from donations.giving.models import Gift
from donations.kernel.money import Money
from donations.ledger.chart import AGAINST, Account, Kind
from donations.ledger.codes import income_kind
from donations.payouts.models import Payout, PayoutLine
from donations.reports.payout_figures import (
    NAMES_OF,
    ORDER,
    Category,
    category_of,
    standing_entries,
)
from donations.reports.table import Column, Definition, Link, Report, Row, Section, Shape
from donations.supporters.models import Supporter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from donations.reports.table import Question

_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class LineRow:
    """One movement of a payout.  `kind` is what it was booked as, None while it is not.

    `of_payout` is the failed payout whose money this pays again.  `given_at` is when the gift it is
    about was received.
    """

    payout: str
    movement: str
    type: str
    kind: str | None
    occurred_at: datetime
    available_on: datetime | None
    charged: Money | None
    exchange_rate: str | None
    amount: Money
    fee: Money
    gift: str | None
    frequency: str | None
    supporter: str | None
    fund: str
    given_at: datetime | None
    of_payout: str | None

    @property
    def category(self) -> Category:
        """What it is among the lines of the payout."""
        return category_of(self.kind or self.type)

    @property
    def net(self) -> Money:
        """What it adds to the payout."""
        return self.amount - self.fee


def line_rows(
    session: Session,
    *where: ColumnElement[bool],
    offset: int = 0,
    limit: int | None = None,
    as_of: int | None = None,
) -> Iterator[LineRow]:
    """The lines of payouts that fulfil every condition, by payout and category; one statement."""
    statement = _statement(as_of).where(*where).offset(offset)
    rows = session.execute(
        statement if limit is None else statement.limit(limit),
        execution_options={"yield_per": _AT_ONCE},
    )
    for payout, currency, line, *facts in rows:
        yield _line_row(payout, currency, line, *facts)


def _line_row(payout: str, currency: str, line: PayoutLine, *facts: Any) -> LineRow:  # noqa: ANN401
    kind, available_on, charged, charged_in, rate, gift, frequency, fund, given_at, *rest = facts
    supporter, of_payout = rest
    return LineRow(
        payout=payout,
        movement=line.movement,
        type=line.type,
        kind=kind,
        occurred_at=line.occurred_at,
        available_on=available_on,
        charged=None if charged is None or gift is None else Money(charged, charged_in),
        exchange_rate=rate,
        amount=Money(line.amount_minor, currency),
        fee=Money(line.fee_minor, currency),
        gift=gift,
        frequency=frequency,
        supporter=supporter,
        fund=fund or "",
        given_at=given_at,
        of_payout=of_payout,
    )


def _statement(as_of: int | None) -> Select[Any]:
    entry, failed = standing_entries(), aliased(Payout)

    def stated(name: str) -> ColumnElement[Any]:
        return func.coalesce(getattr(entry.placed, name), getattr(entry.first, name))

    rank = case(
        *(
            (entry.name.in_(names), number)
            for number, names in enumerate(map(NAMES_OF.get, ORDER))
            if names
        ),
        else_=ORDER.index(Category.ADJUSTMENTS),
    )
    lines = entry.join(
        select(
            Payout.stripe_id,
            Payout.currency,
            PayoutLine,
            entry.kind,
            *map(stated, ("available_on", "charged_minor", "charged_currency", "exchange_rate")),
            *map(stated, ("gift_reference", "frequency")),
            Gift.fund,
            Gift.received_at,
            Supporter.public_id,
            failed.stripe_id,
        )
        .select_from(PayoutLine)
        .join(Payout, Payout.id == PayoutLine.payout_id),
        as_of,
    )
    statement: Select[Any] = (
        lines.outerjoin(Gift, Gift.public_id == stated("gift_reference"))
        .outerjoin(Supporter, Supporter.id == Gift.supporter_id)
        .outerjoin(failed, failed.return_movement == PayoutLine.movement)
        .order_by(Payout.arrives_on, Payout.id, rank, PayoutLine.id)
    )
    return statement


def build(session: Session, question: Question) -> Report:
    """Every line of the payouts that arrive in the months asked about, or of the one asked for."""
    where: list[ColumnElement[bool]] = []
    if question.subject is not None:
        where.append(Payout.stripe_id == question.subject)
    else:
        where.append(Payout.arrives_on.between(question.first_day, question.last_day))
    if question.currency is not None:
        where.append(Payout.currency == question.currency)
    rows = (_row(line, question) for line in line_rows(session, *where, as_of=question.as_of))
    return Report((Section("lines", _("Payout lines"), _COLUMNS, rows),))


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
)
