"""A promo ends: its member is told in time, and then pays the higher amount, once.

The letter goes out when the last lower payment has been made, at the earliest a month before the
first higher one, and never later than `NOTICE` before it: where that is too late, because a payment
came late or its day was moved, one more payment is taken at the lower amount.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import structlog
from sqlalchemy import func, or_, select

from donations.giving.models import Gift, Membership
from donations.giving.states import MembershipState
from donations.jobs.outbox import enqueue
from donations.kernel.database import begin_write
from donations.self_service.actions import Action, allowed
from donations.self_service.calendar import next_payment
from donations.self_service.orders import PROMO, open_orders, write_order
from donations.self_service.promo_models import PromoTerm
from donations.self_service.promo_states import TermState
from donations.self_service.promo_terms import end_term, follow_term
from donations.tiers.promo_models import Promo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

JOB: Final = "promo_terms"
EVERY: Final = timedelta(hours=1)
LETTER_JOB: Final = "promo_ends"
NOTICE: Final = timedelta(days=14)
EARLIEST: Final = timedelta(days=32)  # a month, however long
_AT_ONCE: Final = 1000
_PAYING: Final = frozenset({MembershipState.ACTIVE, MembershipState.PAUSED})
_AGAIN: Final = frozenset({"replaced", "no_longer_possible"})
_log: Final = structlog.get_logger("donations.self_service")


def follow_promo(session: Session, membership: Membership, now: datetime) -> PromoTerm | None:
    """Bring the membership's term to where it is; None for a membership without one.

    The caller holds the membership's row, and commits.
    """
    term = follow_term(session, membership, now)
    if term is not None and term.state == TermState.RUNNING and not term.payments_left:
        _raise_when_due(session, term, now)
        session.flush()
    return term


def keep_terms(session: Session, _arguments: Mapping[str, Any], now: datetime) -> None:
    """The job: whatever no event brought on.  Done twice it changes nothing."""
    begin_write(session)
    running = (
        select(PromoTerm)
        .join(Membership, Membership.id == PromoTerm.membership_id)
        .join(Promo, Promo.id == PromoTerm.promo_id)
        .where(PromoTerm.state == TermState.RUNNING.value, _stands_still())
        .order_by(PromoTerm.membership_id)
        .limit(_AT_ONCE)
    )
    for term in session.scalars(running).all():
        session.refresh(term.membership, with_for_update=True)
        follow_promo(session, term.membership, now)


def _stands_still() -> ColumnElement[bool]:
    """Whether time, or something unheard of, may have to bring a term on."""
    paid = select(func.count()).where(Gift.membership_id == PromoTerm.membership_id)
    return or_(
        PromoTerm.payments_left == 0,
        Membership.state == MembershipState.ENDED.value,
        Membership.amount_minor != Promo.first_amount_minor,
        PromoTerm.payments_left + paid.scalar_subquery() != Promo.payments,
    )


def _raise_when_due(session: Session, term: PromoTerm, now: datetime) -> None:
    order = term.order
    if order is not None:
        if order.is_open:
            return
        if order.dropped_because not in _AGAIN:  # Stripe said no, and will say it again
            _log.warning("promo not raised", term=term.id, because=order.dropped_because)
            end_term(term, TermState.DROPPED, because="refused", now=now)
            return
    due = next_payment(term.membership, now)
    if due is None or term.membership.state not in _PAYING or not _may_tell(term, due, now):
        return
    if open_orders(session, term.membership) or Action.AMOUNT not in allowed(term.membership):
        return  # their own wish comes first
    wish = {"amount_minor": term.promo.then_amount_minor, "frequency": term.promo.frequency}
    term.order = write_order(session, term.membership, Action.AMOUNT, wish, PROMO, now)
    if term.told_of != due:
        _tell(session, term, due, now)


def _may_tell(term: PromoTerm, due: datetime, now: datetime) -> bool:
    """Whether the payment was told of long enough before, or still can be."""
    if term.told_at is not None and term.told_of == due:
        return term.told_at + NOTICE <= due
    return NOTICE <= due - now <= EARLIEST


def _tell(session: Session, term: PromoTerm, due: datetime, now: datetime) -> None:
    term.told_at, term.told_of = now, due
    key = f"{LETTER_JOB}:{term.id}:{due.date().isoformat()}"
    enqueue(session, LETTER_JOB, key, {"term": term.id, "due": due.isoformat()}, now=now)
