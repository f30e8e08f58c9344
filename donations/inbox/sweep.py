"""The nightly sweep: walks Stripe's movements and mends whatever no webhook told of.

It goes oldest first, a day at a time, from two days before where the last one came to.  Every
movement is mended in a transaction of its own, and one that fails stops no other: the next sweep
begins before it.  Killed anywhere, it does the rest when it runs again, because what is booked is
found booked.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import structlog

from donations.inbox.desk import Desk
from donations.inbox.mending import may_be_ours, mend
from donations.inbox.payout_rounds import follow_all
from donations.inbox.walks import OVERLAP, Walk, beginning
from donations.jobs.outbox import beat, enqueue
from donations.ledger.chart import Kind
from donations.ledger.placing import standing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.inbox.models import Sweep
    from donations.jobs.worker import Handler
    from donations.stripe_gateway.gateway import Gateway
    from donations.stripe_gateway.values import Movement
    from donations.vault.keys import MasterKey

JOB: Final = "sweep"
EVERY: Final = timedelta(days=1)
WINDOW: Final = timedelta(days=1)
MOST_TRIED: Final = 40  # movements mended, and payouts followed, in one run of the job:
MOST_SEEN: Final = 2_000  # it must end well within its lease
_log = structlog.get_logger("donations.inbox")


def sweep(
    session: Session,
    gateway: Gateway,
    master: MasterKey,
    now: datetime,
    since: datetime | None = None,
    progress: Callable[[datetime], None] | None = None,
    guarded: frozenset[str] = frozenset(),
) -> Sweep:
    """Walk from `since`, or from where the last walk came to, up to now; commits as it goes.

    `progress` hears how far it has come.  Raises `StripeUnavailable` when Stripe cannot be asked
    for its movements at all; what was mended until then stays mended.
    """
    usual = beginning(session, now)
    walk = Walk.new(since or usual)
    if walk.since > usual + OVERLAP:  # what it leaves out is still the next walk's
        walk.held = usual + OVERLAP
    session.rollback()
    row, _ = Sweeper(gateway, master, guarded, progress).go(session, walk, now=now)
    beat(session, JOB, now=now)
    session.commit()
    return row


def sweep_job(
    gateway: Gateway, master: MasterKey, guarded: frozenset[str] = frozenset()
) -> Handler:
    """The job that walks as far as its lease lets it, and promises the rest as a job of its own."""
    sweeper = Sweeper(gateway, master, guarded)

    def run(session: Session, arguments: Mapping[str, Any], now: datetime) -> None:
        walk = Walk.resumed(arguments) if arguments else Walk.new(beginning(session, now))
        session.rollback()
        _, done = sweeper.go(session, walk, now=now, most=MOST_TRIED)
        beat(session, JOB, now=now)
        if not done:
            began = str(arguments.get("began") or now.isoformat())
            key = f"{JOB}:{began}:{walk.at.isoformat()}:{walk.followed}"
            enqueue(session, JOB, key, {"began": began, **walk.left()}, now=now)

    return run


class Sweeper:
    """Walks, and writes down each walk as it goes."""

    def __init__(
        self,
        gateway: Gateway,
        master: MasterKey,
        guarded: frozenset[str],
        progress: Callable[[datetime], None] | None = None,
    ) -> None:
        self._gateway = gateway
        self._master = master
        self._guarded = guarded
        self._progress = progress

    def go(
        self, session: Session, walk: Walk, *, now: datetime, most: int | None = None
    ) -> tuple[Sweep, bool]:
        """Walk to the end, or until `most` were tried; the row, and whether it is at the end.

        The last transaction, which holds the row's end, is left open.
        """
        row_id = walk.begin(session, now)
        last = False
        while not last:
            last, whole = self._day(session, walk, now, most)
            if most is not None and (not whole or (walk.seen >= MOST_SEEN and not last)):
                return walk.note(session, row_id, now), False
            walk.note(session, row_id, now)
            session.commit()
            if self._progress is not None:
                self._progress(min(walk.at, now))
        done = follow_all(self._desk(session, now), walk, most)
        return walk.note(session, row_id, now), done

    def _day(
        self, session: Session, walk: Walk, now: datetime, most: int | None
    ) -> tuple[bool, bool]:
        """Mend the movements of a day; whether it was the last, and whether it was done whole.

        The last day has no end: Stripe's clock may be ahead of ours.
        """
        until = walk.at + WINDOW
        last = until >= now
        movements = list(self._gateway.movements(walk.at, None if last else until))[::-1]
        wanting = _wanting(session, movements)
        previous = None
        for movement in movements:
            if most is not None and walk.tried >= most and movement.created != previous:
                walk.at = movement.created  # never amid a second, so that the next run gets further
                return False, False
            previous = movement.created
            walk.seen += 1
            if movement.id in wanting:
                self._mend(session, walk, movement, now)
        walk.at = now if last else until
        return last, True

    def _mend(self, session: Session, walk: Walk, movement: Movement, now: datetime) -> None:
        walk.tried += 1
        try:
            kind = mend(self._desk(session, now), movement)
            session.commit()
        except Exception as error:  # noqa: BLE001 - one movement may fail without stopping the others
            session.rollback()
            walk.fail(movement.created)
            _log.warning("not mended", movement=movement.id, error=type(error).__name__)
            return
        if kind is not None:
            walk.mended.append([movement.id, kind.value])

    def _desk(self, session: Session, now: datetime) -> Desk:
        return Desk(session, self._gateway, self._master, now, self._guarded)


def _wanting(session: Session, movements: list[Movement]) -> set[str]:
    """The movements that have no entry, and those in suspense that something may explain by now."""
    known = standing(session, [movement.id for movement in movements])
    wanting = {
        movement.id
        for movement in movements
        if movement.id not in known
        or (known[movement.id].kind == Kind.OTHER and may_be_ours(movement))
    }
    session.rollback()
    return wanting
