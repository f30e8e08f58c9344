"""Charges: the balance transaction, and with it the fee, may arrive only with an update."""

from __future__ import annotations

from donations.inbox.desk import Desk, Outcome
from donations.inbox.settling import gather, settle


def changed(desk: Desk, charge_id: str) -> Outcome:
    """Record and book the payment this charge belongs to."""
    payment_id = desk.gateway.payment_of_charge(charge_id)
    if payment_id is None:
        return Outcome.NOT_OURS
    return settle(desk, gather(desk, payment_id))
