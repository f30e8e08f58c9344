"""The terms of a promo: begun with the membership, counted by its payments, ended once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from donations.giving.models import Checkout, Gift, Membership
from donations.giving.states import MembershipState
from donations.kernel.errors import NotAllowed
from donations.self_service.promo_models import PromoTerm
from donations.self_service.promo_states import TermState, may_become
from donations.tiers.promo_models import Promo
from donations.tiers.promos import open_promo

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


def takeable(session: Session, code: str, now: datetime) -> Promo | None:
    """The promo of a code while it is open and was not taken too often; None for none.

    Whoever was on the payment page when the last was taken still gets what they were promised.
    """
    promo = open_promo(session, code, now)
    if promo is None or promo.most_uses is None:
        return promo
    return promo if uses(session, promo) < promo.most_uses else None


def uses(session: Session, promo: Promo) -> int:
    """How many memberships began with a promo."""
    taken = select(func.count()).where(PromoTerm.promo_id == promo.id)
    return session.scalar(taken) or 0


def follow_term(session: Session, membership: Membership, now: datetime) -> PromoTerm | None:
    """Begin the term of a membership that took a promo, or count its payments; None for none.

    Whoever does not pay the promo's amount any more chose for themselves, and the term is dropped.
    The caller holds the membership's row, and commits.
    """
    checkout = session.get_one(Checkout, membership.checkout_id)
    if not checkout.promo:
        return None
    term = session.scalar(select(PromoTerm).where(PromoTerm.membership_id == membership.id))
    if term is None:
        term = _begin(session, membership, checkout.promo, now)
    if term is None or term.state != TermState.RUNNING:
        return term
    term.payments_left = max(0, term.promo.payments - _paid(session, membership))
    if membership.state == MembershipState.ENDED:
        end_term(term, TermState.DROPPED, because="ended", now=now)
    elif not _is_at_first(term) and (term.order is None or not term.order.is_open):
        ours = term.order is not None and membership.amount == term.promo.then
        to = TermState.RAISED if ours else TermState.DROPPED
        end_term(term, to, because="" if ours else "changed", now=now)
    session.flush()
    return term


def end_term(term: PromoTerm, to: TermState, *, because: str = "", now: datetime) -> None:
    """End a term, once.  Raises `NotAllowed`."""
    if not may_become(TermState(term.state), to):
        raise NotAllowed("not_a_move")
    term.state, term.ended_because, term.ended_at = to.value, because, now


def _begin(session: Session, membership: Membership, code: str, now: datetime) -> PromoTerm | None:
    promo = session.scalar(select(Promo).where(Promo.code == code))
    if promo is None or membership.state == MembershipState.INCOMPLETE:
        return None
    term = PromoTerm(
        membership=membership,
        promo=promo,
        payments_left=promo.payments,
        state=TermState.RUNNING.value,
        began_at=now,
    )
    session.add(term)
    session.flush()
    return term


def _is_at_first(term: PromoTerm) -> bool:
    """Whether the membership still is what the promo began it as."""
    membership, promo = term.membership, term.promo
    mine = (membership.amount, membership.frequency)
    return mine == (promo.first, promo.frequency)


def _paid(session: Session, membership: Membership) -> int:
    paid = select(func.count()).where(Gift.membership_id == membership.id)
    return session.scalar(paid) or 0
