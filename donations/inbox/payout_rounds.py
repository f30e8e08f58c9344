"""Asks again after payouts whose webhooks may have been lost: state, trace id, lines."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy import and_, or_, select

from donations.inbox.handlers import payouts
from donations.payouts.models import Payout

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.inbox.desk import Desk
    from donations.inbox.walks import Walk

_ON_THE_WAY: Final = ("pending", "in_transit")
_TRACED_WITHIN: Final = timedelta(days=14)
"""Stripe has a trace id up to ten days after the arrival (docs.stripe.com/payouts/trace-id)."""
_log = structlog.get_logger("donations.inbox")


def follow_all(desk: Desk, walk: Walk, most: int | None = None) -> bool:
    """Follow every payout made since the walk began and every one not finished, each by itself.

    False if it stopped before the end, after `most`; `walk.followed` says where.
    """
    names = _unfinished(desk.session, desk.now)
    desk.session.rollback()
    names |= set(desk.gateway.payouts(walk.since))
    left = sorted(name for name in names if name > walk.followed)
    for name in left[:most]:
        if not _follow(desk, name):
            walk.fail(walk.since)
        walk.followed = name
    return most is None or len(left) <= most


def _follow(desk: Desk, name: str) -> bool:
    try:
        payouts.changed(desk, name)
        desk.session.commit()
    except Exception as error:  # noqa: BLE001 - one payout may fail without stopping the others
        desk.session.rollback()
        _log.warning("payout not followed", payout=name, error=type(error).__name__)
        return False
    return True


def _unfinished(session: Session, now: datetime) -> set[str]:
    """Those still on their way, and those that have arrived and lack their lines or trace id."""
    lacking = or_(
        and_(Payout.automatic.is_(True), Payout.lines_at.is_(None)), Payout.trace_id.is_(None)
    )
    recent = Payout.created_at > now - _TRACED_WITHIN
    arrived = and_(Payout.state == "paid", recent, lacking)
    found = select(Payout.stripe_id).where(or_(Payout.state.in_(_ON_THE_WAY), arrived))
    return set(session.scalars(found))
