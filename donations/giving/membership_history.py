"""The history of memberships: each change once, by what Stripe was asked and when.

A membership brings its amount a month, or a twelfth of it if it is annual, while it is being paid.
One whose payment is overdue still counts: it is paid late, or ends.  A paused one brings nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import case, select

from donations.giving.change_models import MembershipChange
from donations.giving.models import Membership
from donations.giving.states import MembershipState
from donations.kernel.cadence import Frequency
from donations.kernel.rounding import rounded

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

LIVING: Final = (MembershipState.ACTIVE.value, MembershipState.PAST_DUE.value)
MOVED_CURRENCY: Final = "currency"
_YEAR: Final = 12


def monthly_minor(membership: Membership) -> int:
    """What the membership brings a month as it is now, in minor units of its currency."""
    if membership.state not in LIVING:
        return 0
    if membership.frequency == Frequency.ANNUAL:
        return rounded(membership.amount_minor, _YEAR)
    return membership.amount_minor


def monthly_column() -> ColumnElement[int]:
    """`monthly_minor` as the database counts it, by the same rule of rounding."""
    twelfth = (2 * Membership.amount_minor + _YEAR) // (2 * _YEAR)
    each = case((Membership.frequency == Frequency.ANNUAL, twelfth), else_=Membership.amount_minor)
    return case((Membership.state.in_(LIVING), each), else_=0)


def note_change(session: Session, membership: Membership, *, asked_at: datetime) -> None:
    """Add what changed since the last change; nothing if nothing did.

    `asked_at` is when Stripe was asked.  A beginning is dated by when the subscription began, an
    end by when it ended; anything else by when Stripe said so.  The caller holds the membership's
    row, and has flushed it.
    """
    last = session.scalar(
        select(MembershipChange)
        .where(MembershipChange.membership_id == membership.id)
        .order_by(MembershipChange.number.desc())
        .limit(1)
    )
    if last is not None and _facts(last) == _facts(membership):
        return
    at, reason = _dated(membership, last, asked_at), membership.end_reason
    if last is not None and last.currency != membership.currency:
        last, reason = _leave_currency(session, membership, last, at), MOVED_CURRENCY
    session.add(
        MembershipChange(
            membership_id=membership.id,
            number=1 if last is None else last.number + 1,
            at=at,
            state=membership.state,
            frequency=membership.frequency,
            amount_minor=membership.amount_minor,
            currency=membership.currency,
            before_minor=0 if last is None else last.monthly_minor,
            monthly_minor=monthly_minor(membership),
            reason=reason,
        )
    )
    session.flush()


def _facts(row: Membership | MembershipChange) -> tuple[object, ...]:
    return (row.state, row.frequency, row.amount_minor, row.currency)


def _dated(membership: Membership, last: MembershipChange | None, asked_at: datetime) -> datetime:
    """Never before the change before, so that the last by number is the last in time."""
    if last is None:
        return membership.ended_at or membership.started_at
    return max(membership.ended_at or asked_at, last.at)


def _leave_currency(
    session: Session, membership: Membership, last: MembershipChange, at: datetime
) -> MembershipChange:
    """The first of the two changes: out of the old currency."""
    left = MembershipChange(
        membership_id=membership.id,
        number=last.number + 1,
        at=at,
        state=membership.state,
        frequency=last.frequency,
        amount_minor=last.amount_minor,
        currency=last.currency,
        before_minor=last.monthly_minor,
        monthly_minor=0,
        reason=MOVED_CURRENCY,
    )
    session.add(left)
    session.flush()
    return left
