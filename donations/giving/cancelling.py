"""Ending a membership at its supporter's word: recorded at once, carried out at Stripe by a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from donations.giving.memberships import subscription_of
from donations.giving.models import Membership
from donations.giving.states import MembershipState
from donations.jobs.outbox import enqueue
from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.jobs.worker import Handler
    from donations.stripe_gateway.gateway import Gateway
    from donations.vault.keys import MasterKey

CANCEL_JOB: Final = "cancel_membership"


def find_membership(session: Session, public_id: str) -> Membership:
    """The membership with this public id.  Raises `NotFound`."""
    membership = session.scalar(select(Membership).where(Membership.public_id == public_id))
    if membership is None:
        raise NotFound
    return membership


def is_cancelled(membership: Membership) -> bool:
    """Whether it has ended or its end was asked for."""
    return membership.cancel_asked_at is not None or membership.state == MembershipState.ENDED


def cancel(session: Session, public_id: str, *, now: datetime) -> Membership:
    """Record that the supporter ends the membership, and promise to tell Stripe.  Commits.

    Asking twice is asking once.  Raises `NotFound`.
    """
    begin_write(session)
    membership = find_membership(session, public_id)
    if not is_cancelled(membership):
        membership.cancel_asked_at = now
        key = f"{CANCEL_JOB}:{public_id}"
        enqueue(session, CANCEL_JOB, key, {"membership": membership.id}, now=now)
    session.commit()
    return membership


def membership_canceller(gateway: Gateway, master: MasterKey) -> Handler:
    """The job that ends the subscription at Stripe; its own event then ends the membership here."""

    def end(session: Session, arguments: Mapping[str, Any], now: datetime) -> None:  # noqa: ARG001
        membership = session.get_one(Membership, arguments["membership"])
        name, ended = membership.public_id, membership.state == MembershipState.ENDED
        subscription = subscription_of(session, master, membership)
        session.rollback()
        if ended:
            return
        try:
            gateway.cancel_subscription(subscription, idempotency_key=f"cancel-{name}")
        except NotFound:  # ended at Stripe long ago: what was asked for is already so
            return

    return end
