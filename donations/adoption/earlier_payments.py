"""What members who were taken over had paid before, asked of Stripe and kept as history.

These payments are in the books of whoever booked them then; here they are past gifts and nothing
else: no entry, no receipt, no letter.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.adoption.models import AdoptedMembership, AdoptionRun, PastGift
from donations.giving.memberships import subscription_of
from donations.giving.models import Gift, Membership
from donations.kernel.database import begin_write
from donations.kernel.ids import public_id
from donations.vault.sealed import Forgotten

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.stripe_gateway.adopting import PaidInvoice
    from donations.stripe_gateway.gateway import Gateway
    from donations.vault.keys import MasterKey

SOURCE: Final = "stripe"


def take_history(
    session: Session, gateway: Gateway, master: MasterKey, *, now: datetime
) -> Iterator[int]:
    """Keep the earlier payments of every membership taken over; how many were new, by membership.

    Commits as it goes; the walk under way knows how far it came.
    """
    while (turn := _next(session, master)) is not None:
        number, subscription = turn
        paid = [] if subscription is None else list(gateway.adopting.paid_invoices(subscription))
        begin_write(session)
        added = _keep(session, master, number, paid, now)
        for run in session.scalars(select(AdoptionRun).where(AdoptionRun.ended_at.is_(None))):
            run.invoices_after = number
        session.commit()
        yield added


def _next(session: Session, master: MasterKey) -> tuple[int, str | None] | None:
    """The next membership to ask about and its subscription; no transaction is left open."""
    after = session.scalar(
        select(AdoptionRun.invoices_after)
        .where(AdoptionRun.ended_at.is_(None))
        .order_by(AdoptionRun.id.desc())
        .limit(1)
    )
    membership = session.scalar(
        select(Membership)
        .join(AdoptedMembership, AdoptedMembership.membership_id == Membership.id)
        .where(Membership.id > (after or 0))
        .order_by(Membership.id)
        .limit(1)
    )
    if membership is None or after is None:
        session.rollback()
        return None
    number, subscription = membership.id, None
    with suppress(Forgotten):
        subscription = subscription_of(session, master, membership)
    session.rollback()
    return number, subscription


def _keep(
    session: Session, master: MasterKey, number: int, paid: list[PaidInvoice], now: datetime
) -> int:
    membership = session.get_one(Membership, number)
    keys = {master.index("past_gift", f"{SOURCE}\x1f{one.id}"): one for one in paid}
    known = set(session.scalars(select(PastGift.key).where(PastGift.key.in_(keys))))
    added = 0
    for key, one in keys.items():
        if key in known or _is_gift(session, master, one) or membership.supporter_id is None:
            continue
        added += 1
        session.add(
            PastGift(
                public_id=public_id(),
                supporter_id=membership.supporter_id,
                membership_id=membership.id,
                source=SOURCE,
                key=key,
                frequency=membership.frequency,
                amount_minor=one.amount.minor,
                currency=one.amount.currency,
                given_at=one.paid_at,
                added_at=now,
            )
        )
    return added


def _is_gift(session: Session, master: MasterKey, invoice: PaidInvoice) -> bool:
    """Whether a payment of the bill is a gift here, and so no history."""
    indexes = [master.index("payment", name) for name in invoice.payments]
    found = select(Gift.id).where(Gift.payment_index.in_(indexes)).limit(1)
    return session.scalar(found) is not None
