"""Which subscription was taken over, whether or not Stripe's metadata says so yet.

A bill that another program had made carries no mark of ours, nor does one made before our mark
reached Stripe.  What was paid before a membership became ours stays the other program's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.giving.models import Checkout, Membership

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.stripe_gateway.adopting import Found
    from donations.vault.keys import MasterKey

PLACEMENT: Final = "adopted"
"""Where the checkout of a membership that was taken over says it came from."""


def adopted_donation(
    session: Session, master: MasterKey, subscription_id: str, paid_at: datetime | None = None
) -> str | None:
    """The public id of the checkout under which a subscription was taken over.

    None when it was not, or when what was `paid_at` then was the other program's.
    """
    row = session.execute(
        select(Checkout.public_id, Checkout.created_at)
        .join(Membership, Membership.checkout_id == Checkout.id)
        .where(
            Membership.subscription_index == master.index("subscription", subscription_id),
            Checkout.placement == PLACEMENT,
        )
    ).first()
    if row is None:
        return None
    before = row.created_at.replace(microsecond=0)  # Stripe counts whole seconds
    return None if paid_at is not None and paid_at < before else row.public_id


def already_ours(session: Session, master: MasterKey, found: Collection[Found]) -> frozenset[str]:
    """Those of some subscriptions that are memberships here, or that our own pages began."""
    indexes = {master.index("subscription", one.id): one.id for one in found}
    known = select(Membership.subscription_index).where(Membership.subscription_index.in_(indexes))
    ours = {indexes[index] for index in session.scalars(known)}
    told = {one.donation: one.id for one in found if one.donation is not None}
    begun = select(Checkout.public_id).where(Checkout.public_id.in_(told))
    return frozenset(ours | {told[name] for name in session.scalars(begun)})
