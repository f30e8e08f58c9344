"""The nightly audit: bank lines matched, invariants checked, drift found, and somebody told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import structlog
from sqlalchemy import select

from donations.inbox import sweep
from donations.jobs.models import Job
from donations.jobs.outbox import beat, enqueue
from donations.kernel.database import begin_write
from donations.kernel.sizes import learn_sizes
from donations.ledger.books import books_zone
from donations.reconciliation.alarm import raise_alarm
from donations.reconciliation.discrepancies import Finding, Kind, clear_unseen, found
from donations.reconciliation.drift import AUDIT, audit
from donations.reconciliation.invariants import checks
from donations.reconciliation.matching import match_lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.jobs.worker import Handler
    from donations.reconciliation.invariants import Invariant
    from donations.stripe_gateway.gateway import Gateway
    from donations.vault.keys import MasterKey

JOB: Final = "nightly_audit"
EVERY: Final = timedelta(days=1)
_LATER: Final = timedelta(minutes=10)
_LONGEST_DETAIL: Final = 200
_log = structlog.get_logger("donations.reconciliation")


def auditor(gateway: Gateway, master: MasterKey) -> Handler:
    """The job of one night.  It lets the sweep end first: what that mends is no difference."""

    def run(session: Session, _arguments: Mapping[str, Any], now: datetime) -> None:
        if _sweep_is_under_way(session):
            later = now + _LATER
            enqueue(session, JOB, f"{JOB}:{later.isoformat()}", now=now, run_at=later)
            return
        match_lines(begin_write(session), master, now=now)
        session.commit()
        learn_sizes(session)
        broken = [one for one in checks(session) if not one.well]
        counts = audit(session, gateway, master, now=now)
        keep_broken(session, broken, now=now)
        raise_alarm(session, now=now)
        beat(session, AUDIT, now=now)
        _log.info("audited", differences=counts.total(), broken=len(broken))

    return run


def keep_broken(session: Session, broken: list[Invariant], *, now: datetime) -> None:
    """Keep the invariants found broken as differences, and clear those that hold again."""
    today = now.astimezone(books_zone(session)).date()
    found(
        session,
        [
            Finding(Kind.INVARIANT_BROKEN, one.name, today, detail=one.detail[:_LONGEST_DETAIL])
            for one in broken
        ],
        now=now,
    )
    clear_unseen(session, [Kind.INVARIANT_BROKEN], now=now)


def _sweep_is_under_way(session: Session) -> bool:
    waiting = select(Job.id).where(Job.kind == sweep.JOB, Job.state == "ready").limit(1)
    under_way = session.scalar(waiting) is not None
    begin_write(session)
    return under_way
