"""Subscriptions: begun, changed, paused, resumed, ended."""

from __future__ import annotations

from donations.giving.checkouts import find_checkout
from donations.giving.memberships import follow
from donations.inbox.desk import Desk, Outcome
from donations.stripe_gateway.values import Person


def changed(desk: Desk, subscription_id: str) -> Outcome:
    """The membership follows its subscription; who they are is told by its first invoice."""
    subscription = desk.gateway.subscription(subscription_id)
    if subscription.donation is None:
        return Outcome.NOT_OURS
    session = desk.write()
    checkout = find_checkout(session, subscription.donation)
    if checkout is None:
        return Outcome.NOT_OURS
    follow(
        session,
        desk.master,
        subscription=subscription,
        person=Person(email=None, name=None, customer=subscription.customer),
        checkout=checkout,
        asked_at=desk.now,
        now=desk.now,
    )
    return Outcome.APPLIED
