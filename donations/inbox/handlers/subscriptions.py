"""Subscriptions: begun, changed, paused, resumed, ended."""

from __future__ import annotations

from donations.dunning.failing import tell_of_lapse
from donations.entitlements.following import follow_membership
from donations.entitlements.seat_standing import follow_seats
from donations.giving.checkouts import find_checkout
from donations.giving.memberships import follow
from donations.inbox.desk import Desk, Outcome
from donations.inbox.settling import donation_of
from donations.partners.telling import tell_standing
from donations.self_service.raising import follow_promo
from donations.stripe_gateway.values import Person


def changed(desk: Desk, subscription_id: str) -> Outcome:
    """The membership follows its subscription; who they are is told by its first invoice."""
    subscription = desk.gateway.subscription(subscription_id)
    donation = donation_of(desk, subscription)
    if donation is None:
        return Outcome.NOT_OURS
    session = desk.write()
    checkout = find_checkout(session, donation)
    if checkout is None:
        return Outcome.NOT_OURS
    membership = follow(
        session,
        desk.master,
        subscription=subscription,
        person=Person(email=None, name=None, customer=subscription.customer),
        checkout=checkout,
        asked_at=desk.now,
        now=desk.now,
    )
    tell_of_lapse(session, membership, now=desk.now)
    follow_membership(session, membership, desk.now)
    follow_seats(session, membership, now=desk.now)
    follow_promo(session, membership, desk.now)
    tell_standing(session, membership, now=desk.now)
    return Outcome.APPLIED
