"""Whether Stripe holds what our books say it holds."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from donations.ledger.books import hold
from donations.ledger.chart import Account
from donations.ledger.models import DayTotal
from donations.reconciliation.discrepancies import Finding, Kind
from donations.reconciliation.movements import SETTLES_WITHIN, booked_since, not_booked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from donations.reconciliation.movements import Heard


def differing_balances(
    session: Session, heard: Heard, *, asked_at: datetime, today: date
) -> Iterator[Finding]:
    """Currencies in which Stripe holds something else; by how much more it holds.

    The books are held meanwhile.  What moved within the last day and waits to be booked counts as
    booked; what was booked after Stripe was asked does not count yet.
    """
    hold(session)
    expected = Counter(_booked(session))
    for movement in not_booked(session, heard):
        if movement.created >= asked_at - SETTLES_WITHIN:
            expected[movement.currency] += movement.net
    for currency, minor in booked_since(session, heard, asked_at):
        expected[currency] -= minor
    currencies = set(expected).union(*heard.balances)
    for currency in sorted(currencies):
        apart = [there.get(currency, 0) - expected[currency] for there in heard.balances]
        if all(apart):
            yield Finding(Kind.BALANCE_DIFFERS, currency, today, apart[-1], currency)


def _booked(session: Session) -> dict[str, int]:
    rows = session.execute(
        select(DayTotal.currency, func.sum(DayTotal.minor))
        .where(DayTotal.account == Account.STRIPE_BALANCE.value)
        .group_by(DayTotal.currency)
    )
    return {currency: int(minor) for currency, minor in rows}
