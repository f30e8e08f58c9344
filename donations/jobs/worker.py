"""The worker: threads that claim due jobs, run their handlers and keep a heartbeat.

A handler gets a session with no transaction open.  It reads and ends its reading, calls outside
(Stripe, SMTP) with nothing held, then takes `begin_write` and writes; it never commits its last
transaction, because the worker ends the job in the same one.  To be called again later it raises
`TryAgainLater`; to be buried at once, `GivenUp`.
"""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog

from donations.jobs.claiming import due_kinds, free_strayed
from donations.jobs.outbox import beat
from donations.jobs.running import BulkHandler, Handler, Runner, reason_of
from donations.jobs.schedule import Schedule
from donations.jobs.turns import Turns
from donations.kernel.database import begin_write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from sqlalchemy.orm import Session

    from donations.kernel.clock import Clock

__all__ = ["BULK_HEARTBEAT", "HEARTBEAT", "BulkHandler", "Handler", "Schedule", "Worker"]
__all__ += ["reason_of"]

IDLE_SECONDS: Final = 0.5
_MOST_DOUBLINGS: Final = 4
BEAT_EVERY: Final = timedelta(seconds=15)
HEARTBEAT: Final = "worker"
BULK_HEARTBEAT: Final = "worker_bulk"
_log = structlog.get_logger("donations.jobs")


class Worker:
    """Runs due jobs in threads of its own until told to stop."""

    def __init__(
        self,
        sessions: Callable[[], AbstractContextManager[Session]],
        handlers: Mapping[str, Handler | BulkHandler],
        clock: Clock,
        schedules: tuple[Schedule, ...] = (),
    ) -> None:
        """`sessions` opens one session for one piece of work and closes it afterwards."""
        self.runner = Runner(sessions, handlers, clock)
        self._schedules = schedules
        self._turns = Turns(frozenset(self.runner.at_once))
        self._beats = HEARTBEAT
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, threads: int = 2) -> None:
        """Start working in the background.

        Beside `threads` that do whatever is due, one does no bulk work, so that a receipt finds a
        free hand however many reminders are being sent.
        """
        for number in range(threads):
            self._thread(self._work, f"worker-{number}")
        if self.runner.at_once:
            self._thread(self._work_without_bulk, "worker-prompt")
        self.keep_time()

    def keep_time(self, heartbeat: str = HEARTBEAT) -> None:
        """Keep the heartbeat, the leases in hand and the schedule in the background."""
        self._beats = heartbeat
        self._thread(self._keep_time, "worker-schedule")

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
        done = 0
        while done < limit:
            tried = self.run_one()
            if not tried:
                break
            done += tried
        return done

    def run_one(self, *, bulk: bool = True) -> int:
        """Claim and run one due job, or a handful of a bulk kind; how many, 0 if none was due."""
        with self.runner.sessions() as session:
            kinds = due_kinds(session, now=self.runner.clock.now())
            session.rollback()
            for kind in self._turns.order(kinds, bulk=bulk):
                tried = self.runner.run_due(session, kind)
                if tried:
                    self._turns.had(kind)
                    return tried
        return 0

    def _thread(self, work: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _work(self) -> None:
        self._work_at(bulk=True)

    def _work_without_bulk(self) -> None:
        self._work_at(bulk=False)

    def _work_at(self, *, bulk: bool) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                worked = self.run_one(bulk=bulk)
                failures = failures + 1 if self.runner.met_full_disk else 0
            except Exception as error:  # noqa: BLE001 - a database away for a moment must not end us
                _log.error("worker cannot reach its jobs", reason=reason_of(error))
                worked, failures = 0, failures + 1
            if failures or not worked:
                self._stopping.wait(IDLE_SECONDS * 2 ** min(failures, _MOST_DOUBLINGS))

    def _keep_time(self) -> None:
        fresh = True
        while not self._stopping.is_set():
            try:
                if fresh:
                    self._recover()
                self.tick()
                fresh = False
            except Exception as error:  # noqa: BLE001 - as above
                _log.error("worker cannot keep its schedule", reason=reason_of(error))
            self._stopping.wait(BEAT_EVERY.total_seconds())

    def tick(self) -> None:
        """Keep the heartbeat and the leases in hand, and promise this period's recurring jobs."""
        now = self.runner.clock.now()
        with self.runner.sessions() as session:
            begin_write(session)
            beat(session, self._beats, now=now)
            self.runner.keep_leases(session, now=now)
            for schedule in self._schedules:
                schedule.promise(session, now)
            session.commit()

    def _recover(self) -> None:
        with self.runner.sessions() as session:
            free_strayed(begin_write(session), now=self.runner.clock.now())
            session.commit()
