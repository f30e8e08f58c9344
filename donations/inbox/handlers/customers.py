"""Customers: a new card, set on Stripe's own page, becomes the one renewals are taken from."""

from __future__ import annotations

from donations.dunning.cards import look_again
from donations.inbox.desk import Desk, Outcome
from donations.self_service.card import promise_new_card_of


def changed(desk: Desk, customer_id: str) -> Outcome:
    """Promise to look which card counts now, for every living membership of this customer."""
    session = desk.write()
    index = desk.master.index("customer", customer_id)
    look_again(session, index)
    cause = f"event-{int(desk.now.timestamp())}"
    found = promise_new_card_of(session, index, cause=cause, now=desk.now)
    return Outcome.APPLIED if found else Outcome.NOT_OURS
