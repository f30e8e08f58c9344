"""Payouts in the order they arrive at the bank, some at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select

from donations.payouts.models import Payout

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from donations.reports.table import Question


def in_months(question: Question) -> Iterator[ColumnElement[bool]]:
    """The conditions of payouts that arrive in the months of a question, in its currency."""
    yield Payout.arrives_on.between(question.first_day, question.last_day)
    if question.currency is not None:
        yield Payout.currency == question.currency


def arriving(
    session: Session, *where: ColumnElement[bool], at_once: int
) -> Iterator[Sequence[Payout]]:
    """The payouts that fulfil every condition, by arrival; each page begins behind the last."""
    statement = select(Payout).where(*where).order_by(Payout.arrives_on, Payout.id).limit(at_once)
    found = session.scalars(statement).all()
    while found:
        yield found
        if len(found) < at_once:
            return
        day, last = found[-1].arrives_on, found[-1].id
        behind = and_(Payout.arrives_on >= day, or_(Payout.arrives_on > day, Payout.id > last))
        found = session.scalars(statement.where(behind)).all()
