"""The mark on a subscription taken over, by which Stripe's later events are known as ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from donations.adoption.models import AdoptedMembership
from donations.giving.memberships import subscription_of
from donations.giving.models import Checkout, Membership
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

STAMP_JOB: Final = "adoption_stamp"


def promise_stamp(session: Session, membership: Membership, *, now: datetime) -> None:
    """Promise to mark the membership's subscription; the caller commits."""
    key = f"{STAMP_JOB}:{membership.public_id}"
    enqueue(session, STAMP_JOB, key, {"membership": membership.id}, now=now)


def stamper(gateway: Gateway, master: MasterKey) -> Handler:
    """The job that marks one subscription; one that is gone at Stripe needs no mark."""

    def stamp(session: Session, arguments: Mapping[str, Any], now: datetime) -> None:
        membership = session.get_one(Membership, arguments["membership"])
        number, name = membership.id, membership.public_id
        donation = session.get_one(Checkout, membership.checkout_id).public_id
        try:
            subscription = subscription_of(session, master, membership)
        except Forgotten:
            return
        session.rollback()
        try:
            gateway.adopting.stamp(subscription, donation, idempotency_key=f"adopt-{name}")
        except NotFound:
            return
        begin_write(session)
        row = session.scalars(
            select(AdoptedMembership).where(AdoptedMembership.membership_id == number)
        ).one()
        row.stamped_at = now

    return stamp
