"""Applies a stored event: looks up its handler and notes what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from donations.inbox.desk import Desk, Outcome
from donations.inbox.handlers import HANDLERS
from donations.inbox.intake import object_of
from donations.inbox.models import StripeEvent
from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.jobs.worker import Handler
    from donations.stripe_gateway.gateway import Gateway
    from donations.vault.keys import MasterKey


def event_applier(
    gateway: Gateway, master: MasterKey, guarded: frozenset[str] = frozenset()
) -> Handler:
    """The job that applies one stored event; the countries `guarded` are not kept of cards."""

    def apply(session: Session, arguments: Mapping[str, Any], now: datetime) -> None:
        found = select(StripeEvent).where(StripeEvent.event_id == arguments["event"])
        event = session.scalars(found).one()
        kind, object_id = event.type, object_of(master, event)
        session.rollback()
        outcome = _outcome(Desk(session, gateway, master, now, guarded), kind, object_id)
        event = (session if session.in_transaction() else begin_write(session)).scalars(found).one()
        event.outcome = outcome.value
        event.applied_at = now

    return apply


def _outcome(desk: Desk, kind: str, object_id: str) -> Outcome:
    handler = HANDLERS.get(kind)
    if handler is None:
        return Outcome.UNKNOWN_TYPE
    try:
        return handler(desk, object_id)
    except NotFound:  # deleted at Stripe before we asked: nothing is left to apply
        desk.session.rollback()
        return Outcome.GONE
