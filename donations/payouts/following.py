"""Payouts follow Stripe: their state, what they are made of, and what they did to the balance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from donations.ledger.books import hold
from donations.ledger.chart import Kind
from donations.ledger.drafts import Draft
from donations.payouts.models import Payout, PayoutLine
from donations.payouts.totals import place, sum_up

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.kernel.money import Money
    from donations.stripe_gateway.values import Movement, PayoutState


def record_payout(
    session: Session,
    state: PayoutState,
    lines: Sequence[Movement] | None,
    *,
    asked_at: datetime,
    now: datetime,
) -> Payout:
    """Record a payout as Stripe sees it, and book what left the balance and what came back.

    `lines` is everything it is made of, or None while that cannot be known; they are kept once.  An
    older answer never overwrites a newer one.  The caller holds the write transaction.
    """
    payout = session.scalar(select(Payout).where(Payout.stripe_id == state.id))
    if payout is None:
        payout = Payout(stripe_id=state.id, created_at=state.created, synced_at=asked_at)
        session.add(payout)
    if payout.synced_at <= asked_at:
        _follow(payout, state, asked_at)
    session.flush()
    if lines is not None and payout.lines_at is None:
        hold(session)  # so that none of them is booked meanwhile, and counted under two names
        _keep(session, payout, lines)
        sum_up(session, payout.id)
        payout.lines_at = now
    _book(session, Kind.PAYOUT, state.movement, -state.amount, now)
    _book(session, Kind.PAYOUT_FAILED, state.returned, state.amount, now)
    return payout


def _follow(payout: Payout, state: PayoutState, asked_at: datetime) -> None:
    payout.amount_minor, payout.currency = state.amount.minor, state.amount.currency
    payout.state = state.status
    payout.automatic = state.automatic
    payout.arrives_on = state.arrives_on
    payout.trace_id = state.trace_id
    payout.failure_code = state.failure_code
    payout.movement = None if state.movement is None else state.movement.id
    payout.return_movement = None if state.returned is None else state.returned.id
    payout.synced_at = asked_at


def _keep(session: Session, payout: Payout, lines: Sequence[Movement]) -> None:
    """A movement another payout has taken along stays there; the sum will not tie, and be seen."""
    taken = set(
        session.scalars(
            select(PayoutLine.movement)
            .join(Payout)
            .where(PayoutLine.movement.in_([line.id for line in lines]))
        )
    )
    session.add_all(
        PayoutLine(
            payout_id=payout.id,
            movement=line.id,
            type=line.kind,
            amount_minor=line.amount,
            fee_minor=line.fee,
            fee_tax_minor=line.fee_tax,
            occurred_at=line.created,
        )
        for line in lines
        if line.id not in taken
    )


def _book(
    session: Session, kind: Kind, movement: Movement | None, charged: Money, now: datetime
) -> None:
    if movement is None:
        return
    draft = Draft.of_movement(
        kind,
        source=movement.id,
        amount=movement.amount,
        fee=movement.fee,
        fee_tax=movement.fee_tax,
        currency=movement.currency,
        charged=charged,
        exchange_rate=movement.exchange_rate,
        occurred_at=movement.created,
        available_on=movement.available_on,
    )
    place(session, draft, now=now)
