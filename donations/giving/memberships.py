"""Memberships follow their Stripe subscription; an older answer never overwrites a newer one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy import select

from donations.giving.levels import Terms, settle_level
from donations.giving.membership_history import note_change
from donations.giving.models import Membership
from donations.giving.states import MEMBERSHIP_STATE_OF, MembershipState, is_a_move
from donations.kernel.ids import public_id
from donations.supporters.directory import recognise
from donations.vault.sealed import open_data_key, open_operational, seal_operational

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.giving.models import Checkout
    from donations.stripe_gateway.values import Person, Subscription
    from donations.vault.keys import MasterKey

_SUBSCRIPTION = "membership.subscription"
_log: Final = structlog.get_logger("donations.giving")


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
    membership = session.scalar(
        select(Membership).where(Membership.subscription_index == index).with_for_update()
    )
    if membership is None:
        membership = _begin(master, subscription, checkout, index)
    elif membership.synced_at > asked_at:
        return membership
    if membership.supporter is None:
        _take_supporter(session, master, membership, subscription, person, checkout, now)
    before = Terms.of(membership)
    _copy(membership, subscription)
    settle_level(session, membership, checkout, before)
    membership.synced_at = asked_at
    session.add(membership)
    session.flush()
    note_change(session, membership, asked_at=asked_at)
    return membership


def subscription_of(session: Session, master: MasterKey, membership: Membership) -> str:
    """The id of the membership's subscription.  Raises `vault.sealed.Forgotten`."""
    if membership.supporter is None:
        return open_operational(master, _SUBSCRIPTION, membership.subscription_sealed)
    envelope = open_data_key(session, master, membership.supporter.data_key_id)
    return envelope.open(_SUBSCRIPTION, membership.subscription_sealed)


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
    state = state_of(subscription)
    before = membership.state
    if before is not None and before != state and not is_a_move(before, state):
        _log.warning("unusual move", membership=membership.public_id, before=before, after=state)
    membership.state = state.value
    membership.amount_minor = subscription.amount.minor
    membership.currency = subscription.amount.currency
    membership.frequency = subscription.frequency.value
    membership.renews_at = subscription.renews_at
    membership.ends_with_period = subscription.ends_with_period
    membership.ends_at = subscription.ends_at
    membership.resumes_at = subscription.resumes_at
    membership.ended_at = subscription.ended_at
    membership.end_reason = subscription.end_reason


def _begin(
    master: MasterKey, subscription: Subscription, checkout: Checkout, index: bytes
) -> Membership:
    return Membership(
        public_id=public_id(),
        checkout_id=checkout.id,
        subscription_sealed=seal_operational(master, _SUBSCRIPTION, subscription.id),
        subscription_index=index,
        started_at=subscription.started_at,
    )


def _take_supporter(
    session: Session,
    master: MasterKey,
    membership: Membership,
    subscription: Subscription,
    person: Person,
    checkout: Checkout,
    now: datetime,
) -> None:
    """Give the membership its supporter once known, and seal it under that person's own key."""
    supporter = recognise(
        session,
        master,
        email=person.email,
        name=person.name,
        customer=person.customer,
        language=checkout.language,
        now=now,
    )
    if supporter is not None:
        envelope = open_data_key(session, master, supporter.data_key_id)
        membership.supporter = supporter
        membership.subscription_sealed = envelope.seal(_SUBSCRIPTION, subscription.id)
