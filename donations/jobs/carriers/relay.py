"""Tells the broker of jobs that are due, and again of those that stay due.

A job is announced by its id alone, at first when it is due and again a minute later if nobody took
it, so a broker that loses messages, or everything, loses nothing.  Only the longest due of each
kind are announced ahead and no lane is filled beyond a bound: the broker stays small whatever waits
in the database.  Two relays are harmless, for whoever gets a message still has to claim the job.
"""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy import select, update

from donations.jobs.carriers.lanes import BrokerAway, Lane
from donations.jobs.claiming import due_kinds
from donations.jobs.models import Job
from donations.jobs.outbox import beat
from donations.kernel.database import begin_write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.jobs.carriers.lanes import Carrier
    from donations.kernel.clock import Clock

RELAY: Final = "relay"
BROKER: Final = "broker"
AGAIN_AFTER: Final = timedelta(minutes=1)
MOST_IN_A_LANE: Final = 1_000
_AHEAD: Final = 100  # jobs of a kind that people wait for
_GROUPS_AHEAD: Final = 10  # handfuls of a bulk kind
_BEAT_EVERY: Final = timedelta(seconds=15)
_IDLE_SECONDS: Final = 0.5
_BUSY_SECONDS: Final = 0.05
_AWAY_SECONDS: Final = 5.0
_log: Final = structlog.get_logger("donations.jobs")


class Relay:
    """Announces due jobs by a carrier until told to stop."""

    def __init__(
        self,
        sessions: Callable[[], AbstractContextManager[Session]],
        clock: Clock,
        carrier: Carrier,
        at_once: Mapping[str, int],
    ) -> None:
        """`at_once` names the bulk kinds and how many of each make a handful."""
        self._sessions = sessions
        self._clock = clock
        self._carrier = carrier
        self._at_once = at_once
        self._beats: dict[str, datetime] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._go, name="relay", daemon=True)

    def start(self) -> None:
        """Start announcing in the background."""
        self._thread.start()

    def stop(self, timeout_seconds: float = 10) -> None:
        """Announce no more."""
        self._stopping.set()
        self._thread.join(timeout_seconds)

    def round(self) -> int:
        """Announce what is due and was not announced lately; how many jobs.

        Raises `BrokerAway`; what was about to be announced then is announced by a later round.
        """
        with self._sessions() as session:
            self._beat(session, RELAY)
            open_lanes = {lane for lane in Lane if self._carrier.waiting(lane) < MOST_IN_A_LANE}
            self._beat(session, BROKER)
            kinds = due_kinds(session, now=self._clock.now())
            session.rollback()
            return sum(
                self._announce(session, kind) for kind in kinds if self._lane(kind) in open_lanes
            )

    def _lane(self, kind: str) -> Lane:
        return Lane.BULK if kind in self._at_once else Lane.PROMPT

    def _announce(self, session: Session, kind: str) -> int:
        size = self._at_once.get(kind, 1)
        ahead = _GROUPS_AHEAD * size if kind in self._at_once else _AHEAD
        ids = self._mark(session, kind, ahead)
        groups = [ids[at : at + size] for at in range(0, len(ids), size)]
        try:
            if groups:
                self._carrier.announce(self._lane(kind), groups)
        except BrokerAway:
            self._note(session, ids, None)
            raise
        return len(ids)

    def _mark(self, session: Session, kind: str, ahead: int) -> list[int]:
        """Note which of the jobs longest due are announced now, before anybody is told."""
        now = self._clock.now()
        first = (
            select(Job.id, Job.announced_at)
            .where(Job.state == "ready", Job.kind == kind, Job.run_at <= now)
            .order_by(Job.run_at, Job.id)
            .limit(ahead)
        )
        found = session.execute(first).all()
        ids = [row.id for row in found if not _is_fresh(row.announced_at, now)]
        if ids:
            self._note(session, ids, now)
        else:
            session.rollback()
        return ids

    def _note(self, session: Session, ids: list[int], at: datetime | None) -> None:
        begin_write(session)
        told = update(Job).where(Job.id.in_(ids), Job.state == "ready").values(announced_at=at)
        session.execute(told.execution_options(synchronize_session=False))
        session.commit()

    def _beat(self, session: Session, name: str) -> None:
        now, last = self._clock.now(), self._beats.get(name)
        if last is not None and abs(now - last) < _BEAT_EVERY:
            return
        beat(begin_write(session), name, now=now)
        session.commit()
        self._beats[name] = now

    def _go(self) -> None:
        away = False
        while not self._stopping.is_set():
            pause = _IDLE_SECONDS
            try:
                pause = _BUSY_SECONDS if self.round() else _IDLE_SECONDS
                if away:
                    _log.info("the broker answers again")
                away = False
            except BrokerAway:
                pause = _AWAY_SECONDS
                if not away:
                    _log.error("the broker does not answer, jobs wait in the database")
                away = True
            except Exception as error:  # noqa: BLE001 - a database away for a moment must not end us
                _log.error("relay cannot reach its jobs", error=type(error).__name__)
            self._stopping.wait(pause)


def _is_fresh(announced_at: datetime | None, now: datetime) -> bool:
    return announced_at is not None and abs(now - announced_at) < AGAIN_AFTER
