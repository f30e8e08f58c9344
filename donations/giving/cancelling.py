"""Ending a membership at its supporter's word: recorded at once, carried out at Stripe by a job."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from donations.giving.memberships import subscription_of
from donations.giving.models import Membership
from donations.giving.states import MembershipState
from donations.jobs.outbox import enqueue
from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound
from donations.vault.sealed import Forgotten

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


def cancel(
    session: Session, public_id: str, *, now: datetime, letter: str | None = None
) -> Membership:
    """Record that the supporter ends the membership, and promise to tell Stripe.  Commits.

    `letter` is the kind of job that acknowledges it by mail, if any.  Asking twice is asking once.
    Raises `NotFound`.
    """
    begin_write(session)
    membership = find_membership(session, public_id)
    if not is_cancelled(membership):
        membership.cancel_asked_at = now
        key = f"{CANCEL_JOB}:{public_id}"
        enqueue(session, CANCEL_JOB, key, {"membership": membership.id}, now=now)
        if letter:
            told = {"membership": membership.id}
            enqueue(session, letter, f"{letter}:{public_id}", told, now=now)
    session.commit()
    return membership


def membership_canceller(gateway: Gateway, master: MasterKey) -> Handler:
    """The job that ends the subscription at Stripe, and voids what is still owed on it.

    Its own event then ends the membership here.  Nothing is ever taken after it.
    """

    def end(session: Session, arguments: Mapping[str, Any], now: datetime) -> None:  # noqa: ARG001
        membership = session.get_one(Membership, arguments["membership"])
        name, index = membership.public_id, membership.subscription_index
        over = membership.state == MembershipState.ENDED
        subscription: str | None
        try:
            subscription = subscription_of(session, master, membership)
        except Forgotten:  # the key is gone, and with it the id: it is found by its blind index
            session.rollback()
            subscription = _recognised(gateway, master, index)
        session.rollback()
        if subscription is None:
            return
        if not over:
            with suppress(NotFound):  # ended at Stripe long ago: what was asked for is already so
                gateway.cancel_subscription(subscription, idempotency_key=f"cancel-{name}")
        gateway.changes.void_open_bills(subscription, idempotency_key=f"void-{name}")

    return end


def _recognised(gateway: Gateway, master: MasterKey, index: bytes) -> str | None:
    """The id of the living subscription with this blind index; None when there is none."""
    living = (one.id for one in gateway.subscriptions())
    return next((one for one in living if master.index("subscription", one) == index), None)
