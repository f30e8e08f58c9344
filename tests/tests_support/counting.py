"""A worker whose work is counted: each job leaves one row, so a job done twice is seen.

`python -m tests_support.counting DATABASE_URL [BROKER_URL LANE]` is started, and killed, by tests.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from donations.jobs.carriers.lanes import Lane
from donations.jobs.outbox import finish
from donations.jobs.serving import serve, work
from donations.jobs.worker import Worker
from donations.kernel.clock import SystemClock
from donations.kernel.database import begin_write, prepare_engine

PROMPT = "counted"
BULK = "counted_in_bulk"
THREADS = 2
LONGEST_SECONDS = 0.01


def note(session, key):
    begin_write(session)
    session.execute(text("INSERT INTO effect (key) VALUES (:key)"), {"key": key})
    time.sleep(random.uniform(0, LONGEST_SECONDS))


def count(session, arguments, _now):
    note(session, arguments["key"])


class CountMany:
    at_once = 10

    def many(self, session, claims, clock):
        for one in claims:
            note(session, one.arguments["key"])
            if finish(session, one.job_id, one.lease, now=clock.now()):
                session.commit()
            else:
                session.rollback()


def main(database_url, broker_url="", lane=""):
    engine = prepare_engine(create_engine(database_url))

    @contextmanager
    def sessions():
        with Session(engine) as opened:
            yield opened

    worker = Worker(sessions, {PROMPT: count, BULK: CountMany()}, SystemClock())
    if not broker_url:
        return work(worker, THREADS)
    from donations.jobs.carriers.celery_carrier import CeleryCarrier

    return serve(worker, CeleryCarrier(broker_url), Lane[lane], THREADS)


class Processes:
    """The processes of one engine: embedded threads, or one for each queue of a broker."""

    def __init__(self, database_url, broker=None):
        brought = [[broker.url, lane.name] for lane in Lane] if broker else [[]]
        self.commands = [
            [sys.executable, "-m", "tests_support.counting", database_url, *more]
            for more in brought
        ]
        self.running = []

    def start(self):
        folder = str(Path(__file__).resolve().parent.parent)
        self.running = [
            subprocess.Popen(
                command,
                env={**os.environ, "PYTHONPATH": folder},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            for command in self.commands
        ]

    def kill(self):
        """End them all at any moment of their work; what they said."""
        for process in self.running:
            os.killpg(process.pid, signal.SIGKILL)
        return self._said()

    def stop(self):
        """Let them finish what is in hand; what they said."""
        for process in self.running:
            process.terminate()
        return self._said()

    def _said(self):
        said = [process.communicate(timeout=30)[0].decode() for process in self.running]
        self.statuses = [process.returncode for process in self.running]
        self.running = []
        return "".join(said)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
