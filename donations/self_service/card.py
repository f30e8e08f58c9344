"""Stripe's own pages: another card, then really used for renewals; and the bill that is owed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from donations.giving.cancelling import find_membership, is_cancelled
from donations.giving.memberships import follow, subscription_of
from donations.giving.models import Checkout, Membership
from donations.jobs.outbox import enqueue
from donations.kernel.database import begin_write
from donations.kernel.errors import NotAllowed, NotFound
from donations.stripe_gateway.values import Person
from donations.supporters.models import StripeCustomer
from donations.vault.sealed import Forgotten

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.jobs.worker import Handler
    from donations.stripe_gateway.gateway import Gateway
    from donations.vault.keys import MasterKey

CARD_JOB: Final = "membership_card"


def card_page(
    session: Session,
    gateway: Gateway,
    master: MasterKey,
    public_id: str,
    *,
    return_url: str,
    language: str,
) -> str:
    """The address of Stripe's page, asked for while the reader waits.

    Raises `NotFound`, `NotAllowed`, `vault.sealed.Forgotten`, `StripeUnavailable`, `StripeRefused`.
    """
    membership = find_membership(session, public_id)
    if is_cancelled(membership):
        raise NotAllowed("ended")
    subscription = subscription_of(session, master, membership)
    session.rollback()
    customer = gateway.subscription(subscription).customer
    return gateway.asked_by_readers.card_page(customer, return_url=return_url, language=language)


def bill_page(session: Session, gateway: Gateway, master: MasterKey, public_id: str) -> str | None:
    """The address of Stripe's page of what is owed; None when nothing is any more.

    Raises as `card_page` does.
    """
    membership = find_membership(session, public_id)
    if is_cancelled(membership):
        raise NotAllowed("ended")
    subscription = subscription_of(session, master, membership)
    session.rollback()
    return gateway.asked_by_readers.bill_page(subscription)


def promise_new_card(session: Session, public_id: str, *, cause: str, now: datetime) -> None:
    """Promise to take the new card for this membership, when its reader comes back.  Commits."""
    begin_write(session)
    membership = find_membership(session, public_id)
    _promise(session, membership, cause, now)
    session.commit()


def promise_new_card_of(
    session: Session, customer_index: bytes, *, cause: str, now: datetime
) -> int:
    """Promise it for every living membership of a customer; how many.  The caller commits."""
    theirs = select(StripeCustomer.supporter_id).where(
        StripeCustomer.customer_index == customer_index
    )
    living = select(Membership).where(
        Membership.supporter_id.in_(theirs), Membership.state != "ended"
    )
    found = session.scalars(living).all()
    for membership in found:
        _promise(session, membership, cause, now)
    return len(found)


def _promise(session: Session, membership: Membership, cause: str, now: datetime) -> None:
    key = f"{CARD_JOB}:{membership.public_id}:{cause}"
    enqueue(session, CARD_JOB, key, {"membership": membership.id, "cause": cause}, now=now)


def card_taker(gateway: Gateway, master: MasterKey) -> Handler:
    """The job that makes the new card the one renewals use, and tries what is owed with it."""

    def take(session: Session, arguments: Mapping[str, Any], now: datetime) -> None:
        membership = session.get_one(Membership, arguments["membership"])
        if is_cancelled(membership):
            return
        try:
            subscription = subscription_of(session, master, membership)
        except Forgotten:
            return
        number, name = membership.id, membership.public_id
        session.rollback()
        try:
            answer, _paid = gateway.changes.take_new_card(
                subscription, idempotency_key=f"card-{name}-{arguments['cause']}"
            )
        except NotFound:
            return
        begin_write(session)
        membership = session.get_one(Membership, number)
        follow(
            session,
            master,
            subscription=answer,
            person=Person(email=None, name=None, customer=answer.customer),
            checkout=session.get_one(Checkout, membership.checkout_id),
            asked_at=now,
            now=now,
        )

    return take
