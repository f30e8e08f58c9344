"""What `donations doctor` looks at: the schema, the books, the jobs, the worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from flask_babel import force_locale
from sqlalchemy import func, select

from donations.giving.models import Gift
from donations.jobs.models import Heartbeat, Job
from donations.jobs.worker import HEARTBEAT
from donations.kernel.database import begin_write, db
from donations.ledger.books import books_zone
from donations.ledger.days import days_that_differ, rebuild
from donations.migrations import schema
from donations.payouts import totals
from donations.reconciliation.invariants import checks
from donations.reports.standing import standing
from donations.web.house import EXTENSION
from donations.web.office.code_words import EXCEPTIONS, INVARIANTS, said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

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
    with app.app_context(), force_locale("en"):
        current = schema.is_current(db.engine)
        yield Finding(current, "the database has this release's schema")
        if not current:
            return
        session = db.session()
        yield from _invariants(session)
        yield _zone(session, parts)
        yield _gifts_are_booked(session, parts)
        yield from _nights(session, parts)
        yield from _exceptions(session, parts)
        yield _nothing_died(session)
        yield _worker_lives(session, parts)


def rebuild_totals(app: Flask) -> tuple[list[date], list[str]]:
    """Make all totals anew from postings and lines; the days and the payouts that differed."""
    with app.app_context():
        session = begin_write(db.session())
        differed = days_that_differ(session), totals.payouts_that_differ(session)
        rebuild(session)
        totals.rebuild(session)
        session.commit()
        return differed


def _invariants(session: Session) -> Iterator[Finding]:
    for one in checks(session):
        where = "" if one.well else f" (not: {one.detail})"
        yield Finding(one.well, f"{said(INVARIANTS, one.name)}{where}")


def _zone(session: Session, parts: House) -> Finding:
    ours, asked = books_zone(session).key, parts.newsroom.timezone
    told = "" if ours == asked else f" (the books are kept in {ours}, NEWSROOM_TIMEZONE is {asked})"
    return Finding(ours == asked, f"the books are kept in the newsroom's time zone{told}")


def _gifts_are_booked(session: Session, parts: House) -> Finding:
    late = session.scalar(
        select(func.count())
        .select_from(Gift)
        .where(Gift.booked_at.is_(None), Gift.received_at < parts.clock.now() - _LATE)
    )
    return Finding(not late, f"every gift is booked within two days ({late} are not)")


def _nights(session: Session, parts: House) -> Iterator[Finding]:
    now = standing(session, parts.clock.now())
    for late, ago, what in (
        (now.sweep_is_late, now.swept_ago, "Stripe's movements were swept"),
        (now.audit_is_late, now.audited_ago, "the books were audited"),
    ):
        yield Finding(not late, f"{what} within 26 hours ({_hours(ago)})")


def _hours(ago: timedelta | None) -> str:
    return "never yet" if ago is None else f"{int(ago.total_seconds()) // 3600} hours ago"


def _exceptions(session: Session, parts: House) -> Iterator[Finding]:
    kinds = standing(session, parts.clock.now()).exceptions
    if not kinds:
        yield Finding(well=True, what="the last audit left no exception open")
    for kind, count in sorted(kinds.items()):
        yield Finding(well=False, what=f"{count} open: {said(EXCEPTIONS, kind)}")


def _nothing_died(session: Session) -> Finding:
    dead = session.scalar(select(func.count()).select_from(Job).where(Job.state == "dead"))
    return Finding(not dead, f"no job has failed for good ({dead} have)")


def _worker_lives(session: Session, parts: House) -> Finding:
    beat = session.scalar(select(Heartbeat.beat_at).where(Heartbeat.name == HEARTBEAT))
    lives = beat is not None and parts.clock.now() - beat < _SILENT
    return Finding(lives, "a worker has shown signs of life within a minute")
