"""Disputes: opened, answered, won, lost; an inquiry moves no money."""

from __future__ import annotations

from donations.entitlements.gifting import note_return
from donations.giving.returns import record_dispute
from donations.inbox.desk import Desk, Outcome
from donations.inbox.settling import gift_behind


def changed(desk: Desk, dispute_id: str) -> Outcome:
    """Record the dispute against its gift and book what it moved."""
    dispute = desk.gateway.dispute(dispute_id)
    gift = gift_behind(desk, dispute.payment)
    if gift is None:
        return Outcome.NOT_OURS
    record_dispute(desk.session, desk.master, gift, dispute, asked_at=desk.now, now=desk.now)
    note_return(desk.session, gift, now=desk.now)
    return Outcome.APPLIED
