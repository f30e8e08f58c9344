"""The drift audit: compares our view with Stripe's and the bank's, and keeps what differs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from donations.inbox.models import Sweep
from donations.jobs.models import Heartbeat
from donations.kernel.database import begin_write
from donations.ledger.books import books_zone
from donations.reconciliation import banked, held, movements, own_books, promises, returned
from donations.reconciliation.discrepancies import AUDITED, clear_unseen, found

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.reconciliation.discrepancies import Finding
    from donations.stripe_gateway.gateway import Gateway
    from donations.vault.keys import MasterKey

AUDIT: Final = "audit"
"""The heartbeat of finished audits."""

OVERLAP: Final = timedelta(days=3)
FIRST_LOOK: Final = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class Told:
    """All that Stripe was asked, and when the asking began."""

    asked_at: datetime
    returns_since: datetime
    movements: movements.Heard
    promises: promises.Promises
    refunds: dict[bytes, returned.Told]
    disputes: dict[bytes, returned.Told]


def audit(session: Session, gateway: Gateway, master: MasterKey, *, now: datetime) -> Counter[str]:
    """Compare everything and keep what differs; how many differences there are, by kind.

    Asks Stripe with no transaction open, then leaves a write transaction open for the caller to
    commit.  `now` is when the asking began.
    """
    told = _ask(session, gateway, master, now)
    begin_write(session)
    findings = list(_differences(session, told))
    found(session, findings, now=now)
    clear_unseen(session, AUDITED, now=now)
    return Counter(finding.kind.value for finding in findings)


def _ask(session: Session, gateway: Gateway, master: MasterKey, now: datetime) -> Told:
    since = _horizon(session, now)
    session.rollback()
    back = (now - returned.LOOKED_BACK).replace(microsecond=0)
    return Told(
        asked_at=now,
        returns_since=back,
        promises=promises.listen(session, master, gateway.subscriptions(), asked_at=now),
        refunds=returned.listen(master, "refund", gateway.refunds(back)),
        disputes=returned.listen(master, "dispute", gateway.disputes(back)),
        movements=movements.listen(session, gateway, since),
    )


def _horizon(session: Session, now: datetime) -> datetime:
    """From when on movements are compared: some days before the last audit.

    Never before the first sweep began: what moved before anything here could is none of ours.
    """
    last = session.scalar(select(Heartbeat.beat_at).where(Heartbeat.name == AUDIT))
    since = now - FIRST_LOOK if last is None else last - OVERLAP
    swept = session.scalar(select(func.min(Sweep.since)))
    return since if swept is None else max(since, swept)


def _differences(session: Session, told: Told) -> Iterator[Finding]:
    """Everything that differs; the books are held from the last of them on, until the commit."""
    asked_at, since = told.asked_at, told.returns_since
    zone = books_zone(session)
    today = asked_at.astimezone(zone).date()
    yield from promises.differences(session, told.promises, asked_at=asked_at, today=today)
    yield from returned.differing_refunds(session, told.refunds, since=since, asked_at=asked_at)
    yield from returned.differing_disputes(session, told.disputes, since=since, asked_at=asked_at)
    yield from own_books.in_suspense(session)
    yield from own_books.never_booked(session, zone, now=asked_at)
    yield from own_books.without_fund(session, zone)
    yield from own_books.late_into_closed(session, zone)
    yield from banked.payouts_whose_lines_differ(session)
    yield from banked.payouts_the_bank_tells_otherwise(session)
    yield from banked.payouts_not_at_the_bank(session, today)
    yield from banked.unmatched_lines(session, today)
    yield from movements.not_here(session, told.movements, zone, asked_at=asked_at)
    yield from movements.not_at_stripe(session, told.movements, asked_at=asked_at)
    yield from held.differing_balances(session, told.movements, asked_at=asked_at, today=today)
