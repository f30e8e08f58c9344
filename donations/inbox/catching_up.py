"""Asks Stripe for the events no endpoint took, and stores them as if they had come: an hourly job.

A webhook can be lost for good: Stripe gives up after three days, and a server may be away longer.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import structlog

from donations.inbox.handlers import HANDLERS
from donations.inbox.intake import store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.jobs.worker import Handler
    from donations.stripe_gateway.gateway import Gateway
    from donations.vault.keys import MasterKey

JOB: Final = "stripe_catch_up"
EVERY: Final = timedelta(hours=1)
KEPT_BY_STRIPE: Final = timedelta(days=30)
_log = structlog.get_logger("donations.inbox")


def event_catcher(gateway: Gateway, master: MasterKey) -> Handler:
    """The job that stores what was missed.  An event Stripe is still sending is stored once."""

    def catch_up(session: Session, _arguments: Mapping[str, Any], now: datetime) -> None:
        missed = list(gateway.untold(sorted(HANDLERS), now - KEPT_BY_STRIPE))
        found = sum(store(session, master, hint, now=now) for hint in reversed(missed))
        if found:
            _log.warning("events that never came were fetched", count=found)

    return catch_up
