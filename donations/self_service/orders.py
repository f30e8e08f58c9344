"""Orders: what is wished of a membership, written once, each with the job that tells Stripe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from donations.jobs.outbox import enqueue
from donations.kernel.ids import public_id as new_public_id
from donations.self_service.actions import Action
from donations.self_service.models import MembershipOrder

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.giving.models import Membership

ORDER_JOB: Final = "membership_order"
PROMO: Final = "promo"
"""By which nobody asks: the higher amount agreed on when a promo was taken."""
VIA: Final = frozenset({"account", "link", "cancel_page", "office", PROMO})


def place_order(
    session: Session,
    membership: Membership,
    action: Action,
    arguments: dict[str, Any],
    via: str,
    now: datetime,
) -> None:
    """Place an order in the stead of any that waits; the same one that waits already stays.

    The caller holds the membership's row, and commits; so with the others.
    """
    for waiting in open_orders(session, membership):
        if (waiting.action, waiting.arguments) == (action.value, arguments):
            return
        drop_order(waiting, now)
    write_order(session, membership, action, arguments, via, now)


def write_order(
    session: Session,
    membership: Membership,
    action: Action,
    arguments: dict[str, Any],
    via: str,
    now: datetime,
) -> MembershipOrder:
    """Write an order, and promise the job that carries it out."""
    order = MembershipOrder(
        public_id=new_public_id(),
        membership_id=membership.id,
        action=action.value,
        arguments=arguments,
        via=via,
        asked_at=now,
    )
    session.add(order)
    session.flush()
    enqueue(session, ORDER_JOB, f"{ORDER_JOB}:{order.public_id}", {"order": order.id}, now=now)
    return order


def drop_order(order: MembershipOrder, now: datetime) -> None:
    """Let an order go: another has taken its place."""
    order.dropped_at, order.dropped_because = now, "replaced"


def open_orders(session: Session, membership: Membership) -> list[MembershipOrder]:
    """What is still to be carried out."""
    return list(
        session.scalars(
            select(MembershipOrder).where(
                MembershipOrder.membership_id == membership.id,
                MembershipOrder.done_at.is_(None),
                MembershipOrder.dropped_at.is_(None),
            )
        )
    )
