"""A membership as its supporter is told of it: how it stands, how it came, what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from donations.adoption.models import AdoptedMembership
from donations.dossiers.plain import amount_of, plain
from donations.dunning.models import CardOnFile, Notice
from donations.giving.change_models import MembershipChange
from donations.giving.models import Checkout
from donations.self_service.models import MembershipOrder
from donations.self_service.promo_models import PromoTerm
from donations.self_service.withdrawal_models import EndingReason, Withdrawal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from donations.giving.models import Membership

_CHECKOUT: Final = ("frequency", "language", "placement", "fund", "state", "created_at")
_MEMBERSHIP: Final = (
    *("public_id", "frequency", "state", "started_at", "renews_at", "ends_with_period"),
    *("cancel_asked_at", "ended_at", "end_reason", "last_failure_at", "last_failure_code"),
)
_PROMO: Final = (*("state", "payments_left", "began_at", "told_at", "ended_at", "ended_because"),)
_CHANGE: Final = ("at", "state", "frequency", "reason")
_ORDER: Final = ("action", "via", "asked_at", "done_at", "dropped_at", "dropped_because")


def membership_told(session: Session, membership: Membership) -> dict[str, Any]:
    """Everything about one membership."""
    begun = session.get(Checkout, membership.checkout_id)
    return {
        **amount_of(membership),
        **plain(membership, _MEMBERSHIP),
        "began_with": None if begun is None else plain(begun, _CHECKOUT),
        "history": [
            {**amount_of(change), **plain(change, _CHANGE)}
            for change in _rows(session, MembershipChange, membership, MembershipChange.number)
        ],
        "taken_over": _about(session, AdoptedMembership, membership, ("began_at", "at")),
        "asked_for": _about(session, MembershipOrder, membership, _ORDER),
        "written_of": _about(session, Notice, membership, ("kind", "reason", "at")),
        "card_good_until": _about(session, CardOnFile, membership, ("expires_on", "checked_at")),
        "ended_by_declaration": _about(session, Withdrawal, membership, ("receipt_number", "at")),
        "promo": _about(session, PromoTerm, membership, _PROMO),
        "why_it_ended": _about(session, EndingReason, membership, ("reason", "at")),
    }


def _about(
    session: Session,
    table: Any,  # noqa: ANN401 - a table of memberships
    membership: Membership,
    names: Iterable[str],
) -> list[dict[str, Any]]:
    key = next(iter(table.__mapper__.primary_key))
    return [plain(row, names) for row in _rows(session, table, membership, key)]


def _rows(session: Session, table: Any, membership: Membership, order: Any) -> Any:  # noqa: ANN401
    mine = select(table).where(table.membership_id == membership.id).order_by(order)
    return session.scalars(mine).all()
