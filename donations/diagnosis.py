"""What `donations doctor` looks at: the schema, the books, the jobs, the worker, the mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Final

from flask_babel import force_locale
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from donations.giving.models import Gift
from donations.jobs.pauses import pauses
from donations.kernel.database import begin_write, db
from donations.kernel.disk import nearly_full, try_to_grow
from donations.ledger.books import books_zone
from donations.ledger.days import days_that_differ, rebuild
from donations.mailer.sender_domain.looking_up import looked_up
from donations.mailer.sender_domain.naming import naming
from donations.mailer.sender_domain.resolving import Dns
from donations.migrations import schema
from donations.payouts import totals
from donations.reconciliation.invariants import checks
from donations.reports.jobs import dead_kinds, late_kinds
from donations.reports.standing import standing
from donations.web.api.work import in_words, silences
from donations.web.house import EXTENSION
from donations.web.office.code_words import EXCEPTIONS, INVARIANTS, said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from flask import Flask
    from sqlalchemy.orm import Session

    from donations.mailer.sender_domain.resolving import Resolver
    from donations.web.house import House

_LATE: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, and whether it is well; what could not be asked is not wrong."""

    well: bool
    what: str
    asked: bool = True

    @property
    def mark(self) -> str:
        """How a line of it begins: "ok", "WRONG" or "?"."""
        if not self.asked:
            return "?"
        return "ok" if self.well else "WRONG"


def findings(app: Flask, resolver: Resolver | None = None) -> Iterator[Finding]:
    """Everything looked at, in the order an operator would.

    `resolver` replaces the machine's own way of asking the DNS.
    """
    parts: House = app.extensions[EXTENSION]
    with app.app_context(), force_locale("en"):
        schema_found = _schema()
        yield schema_found
        if not schema_found.well:
            return
        session = db.session()
        yield _disk_has_room()
        yield from _invariants(session)
        yield _zone(session, parts)
        yield _gifts_are_booked(session, parts)
        yield from _nights(session, parts)
        yield from _exceptions(session, parts)
        yield from _work(session, parts)
    yield from _mail(parts, resolver)


def rebuild_totals(app: Flask) -> tuple[list[date], list[str]]:
    """Make all totals anew from postings and lines; the days and the payouts that differed."""
    with app.app_context():
        session = begin_write(db.session())
        differed = days_that_differ(session), totals.payouts_that_differ(session)
        rebuild(session)
        totals.rebuild(session)
        session.commit()
        return differed


def _schema() -> Finding:
    try:
        return Finding(schema.is_current(db.engine), "the database has this release's schema")
    except OperationalError:
        return Finding(well=False, what="the database does not answer")


def _disk_has_room() -> Finding:
    try_to_grow(db.engine)
    full = nearly_full(db.engine)
    return Finding(full is None, full or "the disk of the database has room")


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


def _mail(parts: House, resolver: Resolver | None) -> Iterator[Finding]:
    """What the DNS says of the sender's domain, told when the database has long been let go."""
    domain = parts.newsroom.mail_from.rpartition("@")[2]
    records = looked_up(domain, parts.dkim_selector, resolver or Dns())
    for one in chain((naming(parts.newsroom),), records):
        yield Finding(one.well is not False, one.what, asked=one.well is not None)


def _hours(ago: timedelta | None) -> str:
    return "never yet" if ago is None else f"{int(ago.total_seconds()) // 3600} hours ago"


def _exceptions(session: Session, parts: House) -> Iterator[Finding]:
    kinds = standing(session, parts.clock.now()).exceptions
    if not kinds:
        yield Finding(well=True, what="the last audit left no exception open")
    for kind, count in sorted(kinds.items()):
        yield Finding(well=False, what=f"{count} open: {said(EXCEPTIONS, kind)}")


def _work(session: Session, parts: House) -> Iterator[Finding]:
    now, by_broker = parts.clock.now(), bool(parts.broker_url)
    dead = dead_kinds(session)
    which = ", ".join(f"{count} of {kind}" for kind, count in dead.items()) or "none has"
    yield Finding(not dead, f"no job has failed for good ({which})")
    late = late_kinds(session, now)
    which = ", ".join(f"{kind} by {in_words(by)}" for kind, by in sorted(late.items())) or "none is"
    yield Finding(not late, f"no work is late ({which})")
    for one in pauses(session):
        yield Finding(well=True, what=f"{one.kind} is paused by {one.paused_by}")
    silent = list(silences(session, now, by_broker=by_broker))
    for what in silent:
        yield Finding(well=False, what=what)
    if not silent:
        yield Finding(well=True, what="whoever should be at work has shown signs of life")
