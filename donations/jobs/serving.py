"""A worker in the foreground until a signal stops it: in threads of its own or of Celery’s."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

from donations.jobs.carriers.lanes import Lane
from donations.jobs.carriers.relay import Relay
from donations.jobs.worker import BULK_HEARTBEAT, HEARTBEAT

if TYPE_CHECKING:
    from donations.jobs.carriers.celery_carrier import CeleryCarrier
    from donations.jobs.worker import Worker


def work(worker: Worker, threads: int) -> int:
    """Run due jobs in threads of our own until SIGINT or SIGTERM; the exit status."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopping.set())
    worker.start(threads)
    stopping.wait()
    worker.stop()
    return 0


def serve(worker: Worker, carrier: CeleryCarrier, lane: Lane, threads: int) -> int:
    """Run what a broker brings in `lane` until SIGINT or SIGTERM; the exit status.

    Whoever serves what people wait for also announces what is due.
    """
    runner = worker.runner
    relay = Relay(runner.sessions, runner.clock, carrier, runner.at_once)
    worker.keep_time(HEARTBEAT if lane is Lane.PROMPT else BULK_HEARTBEAT)
    if lane is Lane.PROMPT:
        relay.start()
    status = carrier.serve(lane, threads, runner.run_these)
    if lane is Lane.PROMPT:
        relay.stop()
    worker.stop()
    return status
