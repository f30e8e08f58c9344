"""The worker: threads that claim due jobs, run their handlers and keep a heartbeat.

A handler gets a session with no transaction open.  It reads and ends its reading, calls outside
(Stripe, SMTP) with nothing held, then takes `begin_write` and writes; it never commits its last
transaction, because the worker ends the job in the same one.  To be called again later it raises
`TryAgainLater`.
"""

from __future__ import annotations

import threading
import traceback
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

import structlog

from donations.jobs.outbox import beat, claim, enqueue, fail, finish, prolong
from donations.kernel.database import begin_write
from donations.kernel.errors import TryAgainLater

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.jobs.outbox import Claim
    from donations.kernel.clock import Clock

IDLE_SECONDS: Final = 0.5
BEAT_EVERY: Final = timedelta(seconds=15)
HEARTBEAT: Final = "worker"
_log = structlog.get_logger("donations.jobs")


class Handler(Protocol):
    """Does one kind of work, its writes in the transaction that also ends the job."""

    def __call__(self, session: Session, arguments: Mapping[str, Any], now: datetime, /) -> None:
        """Do the work; raise to have it tried again later."""
        ...


@dataclass(frozen=True, slots=True)
class Schedule:
    """Work that recurs: every period of `every` one job keyed by name and period is promised.

    Two schedulers promise the same key, so running two is harmless.
    """

    kind: str
    every: timedelta

    def promise(self, session: Session, now: datetime) -> None:
        """Promise this period's job, once."""
        period = int(now.timestamp() // self.every.total_seconds())
        enqueue(session, self.kind, f"{self.kind}:{period}", now=now)


class Worker:
    """Runs due jobs in threads of its own until told to stop."""

    def __init__(
        self,
        sessions: Callable[[], AbstractContextManager[Session]],
        handlers: Mapping[str, Handler],
        clock: Clock,
        schedules: tuple[Schedule, ...] = (),
    ) -> None:
        """`sessions` opens one session for one piece of work and closes it afterwards."""
        self._sessions = sessions
        self._handlers = handlers
        self._clock = clock
        self._schedules = schedules
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._in_hand: dict[int, str] = {}

    def start(self, threads: int = 2) -> None:
        """Start working in the background."""
        for number in range(threads):
            thread = threading.Thread(target=self._work, name=f"worker-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)
        keeper = threading.Thread(target=self._keep_time, name="worker-schedule", daemon=True)
        keeper.start()
        self._threads.append(keeper)

    def stop(self, timeout_seconds: float = 30) -> None:
        """Finish the jobs in hand and stop; anything else waits for the next start."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout_seconds)

    def run_until_stopped(self, threads: int = 2) -> None:
        """Work in the foreground until `stop` is called from elsewhere."""
        self.start(threads)
        self._stopping.wait()

    def run_due(self, limit: int = 10_000) -> int:
        """Do everything that is due now, in this thread; the number of jobs tried."""
        for done in range(limit):
            if not self.run_one():
                return done
        return limit

    def run_one(self) -> bool:
        """Claim and run one due job; false if none was due."""
        with self._sessions() as session:
            taken = claim(session, now=self._clock.now())
            if taken is None:
                return False
            self._run(session, taken)
            return True

    def _run(self, session: Session, taken: Claim) -> None:
        log = _log.bind(kind=taken.kind, job=taken.job_id, attempt=taken.attempt)
        self._in_hand[taken.job_id] = taken.lease
        try:
            self._handlers[taken.kind](session, taken.arguments, self._clock.now())
            if not session.in_transaction():
                begin_write(session)
            if finish(session, taken.job_id, taken.lease, now=self._clock.now()):
                session.commit()
            else:
                session.rollback()
                log.warning("lease lost, effects rolled back")
        except Exception as error:  # noqa: BLE001 - one job may fail without stopping the others
            session.rollback()
            fail(session, taken.job_id, taken.lease, reason_of(error), now=self._clock.now())
            log.warning("job failed", error=type(error).__name__)
        finally:
            self._in_hand.pop(taken.job_id, None)

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                worked = self.run_one()
            except Exception as error:  # noqa: BLE001 - a database away for a moment must not end us
                _log.error("worker cannot reach its jobs", error=type(error).__name__)
                worked = False
            if not worked:
                self._stopping.wait(IDLE_SECONDS)

    def _keep_time(self) -> None:
        while not self._stopping.is_set():
            try:
                self.tick()
            except Exception as error:  # noqa: BLE001 - as above
                _log.error("worker cannot keep its schedule", error=type(error).__name__)
            self._stopping.wait(BEAT_EVERY.total_seconds())

    def tick(self) -> None:
        """Keep the heartbeat and the leases in hand, and promise this period's recurring jobs."""
        now = self._clock.now()
        with self._sessions() as session:
            begin_write(session)
            beat(session, HEARTBEAT, now=now)
            for job_id, lease in sorted(self._in_hand.items()):
                prolong(session, job_id, lease, now=now)
            for schedule in self._schedules:
                schedule.promise(session, now)
            session.commit()


def reason_of(error: Exception) -> str:
    """Why work failed, for staff: where and what kind, never the values it was working on."""
    if isinstance(error, TryAgainLater):
        return f"Waiting: {error}"
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"
    return f"{type(error).__name__} in {frame.name} ({place})"
