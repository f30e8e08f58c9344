"""Refunds: on their way, arrived, failed."""

from __future__ import annotations

from donations.entitlements.gifting import note_return
from donations.giving.returns import record_refund
from donations.inbox.desk import Desk, Outcome
from donations.inbox.settling import gift_behind


def changed(desk: Desk, refund_id: str) -> Outcome:
    """Record the refund against its gift and book what it moved."""
    refund = desk.gateway.refund(refund_id)
    gift = gift_behind(desk, refund.payment)
    if gift is None:
        return Outcome.NOT_OURS
    record_refund(desk.session, desk.master, gift, refund, asked_at=desk.now, now=desk.now)
    note_return(desk.session, gift, now=desk.now)
    return Outcome.APPLIED
