"""What `donations doctor` looks at: the schema, the books, the jobs, the worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from donations.giving.models import Gift
from donations.jobs.models import Heartbeat, Job
from donations.jobs.worker import HEARTBEAT
from donations.kernel.database import db
from donations.ledger.models import Posting
from donations.migrations import schema
from donations.web.house import EXTENSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from sqlalchemy.orm import Session

    from donations.web.house import House

_LATE: Final = timedelta(days=2)
_SILENT: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, and whether it is well."""

    well: bool
    what: str


def findings(app: Flask) -> Iterator[Finding]:
    """Everything looked at, in the order an operator would."""
    parts: House = app.extensions[EXTENSION]
    with app.app_context():
        current = schema.is_current(db.engine)
        yield Finding(current, "the database has this release's schema")
        if not current:
            return
        session = db.session()
        yield _books_balance(session)
        yield _gifts_are_booked(session, parts)
        yield _nothing_died(session)
        yield _worker_lives(session, parts)


def _books_balance(session: Session) -> Finding:
    sums = select(Posting.entry_id).group_by(Posting.entry_id, Posting.currency)
    unbalanced = session.scalars(sums.having(func.sum(Posting.amount_minor) != 0)).all()
    return Finding(not unbalanced, f"every entry of the books balances ({len(unbalanced)} do not)")


def _gifts_are_booked(session: Session, parts: House) -> Finding:
    late = session.scalar(
        select(func.count())
        .select_from(Gift)
        .where(Gift.booked_at.is_(None), Gift.received_at < parts.clock.now() - _LATE)
    )
    return Finding(not late, f"every gift is booked within two days ({late} are not)")


def _nothing_died(session: Session) -> Finding:
    dead = session.scalar(select(func.count()).select_from(Job).where(Job.state == "dead"))
    return Finding(not dead, f"no job has failed for good ({dead} have)")


def _worker_lives(session: Session, parts: House) -> Finding:
    beat = session.scalar(select(Heartbeat.beat_at).where(Heartbeat.name == HEARTBEAT))
    lives = beat is not None and parts.clock.now() - beat < _SILENT
    return Finding(lives, "a worker has shown signs of life within a minute")
