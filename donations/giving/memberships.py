"""Memberships follow their Stripe subscription; an older answer never overwrites a newer one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from donations.giving.models import Membership
from donations.giving.states import MEMBERSHIP_STATE_OF, MembershipState
from donations.kernel.ids import public_id
from donations.supporters.directory import recognise
from donations.vault.sealed import open_data_key, seal_operational

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.giving.models import Checkout
    from donations.stripe_gateway.values import Person, Subscription
    from donations.supporters.models import Supporter
    from donations.vault.keys import MasterKey

_SUBSCRIPTION = "membership.subscription"


def follow(
    session: Session,
    master: MasterKey,
    *,
    subscription: Subscription,
    person: Person,
    checkout: Checkout,
    asked_at: datetime,
    now: datetime,
) -> Membership:
    """Make or update the membership that `subscription` keeps.

    `asked_at` is when Stripe was asked; a membership synced later than that is left alone.  The
    caller holds the write transaction.
    """
    index = master.index("subscription", subscription.id)
    membership = session.scalar(select(Membership).where(Membership.subscription_index == index))
    if membership is None:
        membership = _begin(session, master, subscription, person, checkout, index, now)
    elif membership.synced_at > asked_at:
        return membership
    if membership.supporter is None and person.email:
        membership.supporter = _supporter(session, master, person, checkout, now)
    _copy(membership, subscription)
    membership.synced_at = asked_at
    session.flush()
    return membership


def note_failure(membership: Membership, code: str | None, *, now: datetime) -> None:
    """Remember that a period's payment failed, and Stripe's word for why."""
    membership.last_failure_at = now
    membership.last_failure_code = code


def state_of(subscription: Subscription) -> MembershipState:
    """The membership's state; a pause of collection leaves Stripe's status `active`."""
    state = MEMBERSHIP_STATE_OF[subscription.status]
    if state is MembershipState.ACTIVE and subscription.collection_paused:
        return MembershipState.PAUSED
    return state


def _copy(membership: Membership, subscription: Subscription) -> None:
    membership.state = state_of(subscription).value
    membership.amount_minor = subscription.amount.minor
    membership.currency = subscription.amount.currency
    membership.frequency = subscription.frequency.value
    membership.renews_at = subscription.renews_at
    membership.ends_with_period = subscription.ends_with_period
    membership.ended_at = subscription.ended_at
    membership.end_reason = subscription.end_reason


def _begin(
    session: Session,
    master: MasterKey,
    subscription: Subscription,
    person: Person,
    checkout: Checkout,
    index: bytes,
    now: datetime,
) -> Membership:
    supporter = _supporter(session, master, person, checkout, now)
    if supporter is None:
        sealed = seal_operational(master, _SUBSCRIPTION, subscription.id)
    else:
        envelope = open_data_key(session, master, supporter.data_key_id)
        sealed = envelope.seal(_SUBSCRIPTION, subscription.id)
    membership = Membership(
        public_id=public_id(),
        supporter=supporter,
        checkout_id=checkout.id,
        subscription_sealed=sealed,
        subscription_index=index,
        started_at=subscription.started_at,
    )
    session.add(membership)
    return membership


def _supporter(
    session: Session, master: MasterKey, person: Person, checkout: Checkout, now: datetime
) -> Supporter | None:
    return recognise(
        session,
        master,
        email=person.email,
        name=person.name,
        customer=person.customer,
        language=checkout.language,
        now=now,
    )
