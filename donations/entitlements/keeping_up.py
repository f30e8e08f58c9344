"""What time itself does to entitlements, and a net below those that follow events.

Every hour: what is over ends, what waits begins, comps find their owners, a pause or a missing
payment rests, and whatever an event did not tell is found.  Done twice it changes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, exists, or_, select

from donations.entitlements.comp_models import Comp
from donations.entitlements.comps import follow_comp
from donations.entitlements.following import follow_membership
from donations.entitlements.granting import move
from donations.entitlements.models import Entitlement
from donations.entitlements.states import Origin, State
from donations.giving.models import Gift, Membership
from donations.giving.states import MembershipState
from donations.kernel.database import begin_write
from donations.supporters.alias_models import SupporterAlias
from donations.supporters.models import Supporter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

JOB: Final = "entitlements"
EVERY: Final = timedelta(hours=1)
AT_ONCE: Final = 2000
_LATELY: Final = timedelta(days=3)
_LIVING: Final = (State.WAITING.value, State.ACTIVE.value, State.RESTING.value)
_SLOW: Final = (MembershipState.PAST_DUE.value, MembershipState.PAUSED.value)
_GOING: Final = (MembershipState.ACTIVE.value, *_SLOW)


def keep_up(session: Session, _arguments: Mapping[str, Any], now: datetime) -> None:
    """The job; at most `AT_ONCE` of each kind, the rest next time."""
    begin_write(session)
    end_what_is_over(session, now)
    begin_what_waits(session, now)
    _follow_comps(session, now)
    found = select(Membership).where(_needs_following(now))
    for membership in session.scalars(found.order_by(Membership.id).limit(AT_ONCE)).all():
        follow_membership(session, membership, now)


def end_what_is_over(session: Session, now: datetime) -> int:
    """End what had a last moment that has passed; how many.  The caller commits."""
    over = select(Entitlement).where(Entitlement.state.in_(_LIVING), Entitlement.ends_at <= now)
    rows = session.scalars(over.order_by(Entitlement.ends_at).limit(AT_ONCE)).all()
    for row in rows:
        move(row, State.ENDED, because="over")
    session.flush()
    return len(rows)


def begin_what_waits(session: Session, now: datetime) -> int:
    """Begin what somebody has and whose first moment has come; how many.  The caller commits."""
    due = select(Entitlement).where(
        Entitlement.state == State.WAITING.value,
        Entitlement.supporter_id.is_not(None),
        Entitlement.starts_at <= now,
    )
    rows = session.scalars(due.order_by(Entitlement.starts_at).limit(AT_ONCE)).all()
    for row in rows:
        move(row, State.ACTIVE)
    session.flush()
    return len(rows)


def _follow_comps(session: Session, now: datetime) -> None:
    """Those whose owner has come, and those that are over and still hold an address."""
    mine = exists().where(Supporter.email_index == Comp.email_index)
    another = exists().where(SupporterAlias.email_index == Comp.email_index)
    waits = select(Comp).where(
        Comp.email_index.is_not(None), or_(mine, another, Comp.ends_at <= now)
    )
    for comp in session.scalars(waits.order_by(Comp.id).limit(AT_ONCE)).all():
        follow_comp(session, comp, now)


def _needs_following(now: datetime) -> ColumnElement[bool]:
    """Memberships whose entitlement is not, or may not be, what they give."""
    mine = and_(
        Entitlement.origin == Origin.MEMBERSHIP.value,
        Entitlement.origin_id == Membership.id,
        Entitlement.state.in_(_LIVING),
    )
    active = exists().where(mine, Entitlement.state == State.ACTIVE.value)
    resting = exists().where(mine, Entitlement.state == State.RESTING.value)
    endless = exists().where(mine, Entitlement.ends_at.is_(None))
    misplaced = exists().where(mine, Entitlement.supporter_id != Membership.supporter_id)
    paid_for_another = exists().where(
        mine,
        Gift.membership_id == Membership.id,
        Gift.received_at > now - _LATELY,
        Gift.tier_id.is_distinct_from(Entitlement.tier_id),
    )
    going = Membership.state.in_(_GOING)
    return or_(
        and_(Membership.state.in_(_SLOW), active),
        and_(Membership.state == MembershipState.ACTIVE.value, resting),
        and_(Membership.state == MembershipState.ENDED.value, endless),
        and_(going, Membership.tier_id.is_not(None), ~exists().where(mine), _is_known()),
        and_(going, or_(misplaced, paid_for_another)),
    )


def _is_known() -> ColumnElement[bool]:
    return Membership.supporter_id.is_not(None)
