"""Payouts: made, on their way, arrived, come back; and what an automatic one is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.inbox.desk import Desk, Outcome
from donations.jobs.outbox import enqueue
from donations.ledger.placing import standing
from donations.payouts.following import record_payout
from donations.payouts.models import Payout

if TYPE_CHECKING:
    from donations.stripe_gateway.values import Movement, PayoutState

MEND_JOB: Final = "mend"


def changed(desk: Desk, payout_id: str) -> Outcome:
    """Record the payout, and promise to book what it is made of and the books do not hold yet."""
    state = desk.gateway.payout(payout_id)
    lines = _lines(desk, state)
    session = desk.write()
    record_payout(session, state, lines, asked_at=desk.now, now=desk.now)
    names = [line.id for line in lines or ()]
    known = standing(session, names)
    for name in names:
        if name not in known:
            enqueue(session, MEND_JOB, f"{MEND_JOB}:{name}", {"movement": name}, now=desk.now)
    return Outcome.APPLIED


def _lines(desk: Desk, state: PayoutState) -> list[Movement] | None:
    """Everything the payout is made of; None when that is not known, or was kept before.

    Stripe tells it of automatic payouts only, once it has put them together
    (docs.stripe.com/payouts/reconciliation).
    """
    if not (state.automatic and state.lines_known):
        return None
    kept = desk.session.scalar(select(Payout.lines_at).where(Payout.stripe_id == state.id))
    desk.session.rollback()
    return None if kept is not None else desk.gateway.payout_lines(state.id)
