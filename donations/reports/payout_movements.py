"""The movements payouts are made of, each with what the books say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from donations.giving.models import Gift
from donations.kernel.money import Money
from donations.payouts.models import Payout, PayoutLine
from donations.payouts.standing import standing_entries
from donations.reports.payout_figures import (
    NAMES_OF,
    ORDER,
    Category,
    category_of,
)
from donations.supporters.models import Supporter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from donations.payouts.standing import Standing

_AT_ONCE: Final = 520  # what a page of the office shows, and some more


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
    """The lines of payouts that fulfil every condition, by payout and category.

    Their order first, then some at a time with all there is to say of them: whoever reads a page
    waits for no more than that.
    """
    order = _order(as_of).where(*where).offset(offset).limit(limit)
    ids = session.scalars(order).all()
    for begin in range(0, len(ids), _AT_ONCE):
        page = PayoutLine.id.in_(ids[begin : begin + _AT_ONCE])
        for payout, currency, line, *facts in session.execute(_statement(as_of).where(page)):
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


def _order(as_of: int | None) -> Select[int]:
    """The ids of lines in the order they are read."""
    entry = standing_entries()
    lines = select(PayoutLine.id).join(Payout, Payout.id == PayoutLine.payout_id)
    statement: Select[int] = entry.join(lines, as_of)
    return statement.order_by(Payout.arrives_on, Payout.id, _rank(entry), PayoutLine.id)


def _rank(entry: Standing) -> ColumnElement[int]:
    """The place of a line's category among the lines of its payout."""
    return case(
        *(
            (entry.name.in_(names), number)
            for number, names in enumerate(map(NAMES_OF.get, ORDER))
            if names
        ),
        else_=ORDER.index(Category.ADJUSTMENTS),
    )


def _statement(as_of: int | None) -> Select[Any]:
    entry, failed = standing_entries(), aliased(Payout)

    def stated(name: str) -> ColumnElement[Any]:
        return func.coalesce(getattr(entry.placed, name), getattr(entry.first, name))

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
        .order_by(Payout.arrives_on, Payout.id, _rank(entry), PayoutLine.id)
    )
    return statement
