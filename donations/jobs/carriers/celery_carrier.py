"""Celery as the carrier, on Redis or RabbitMQ.

A message holds ids and nothing else, as JSON.  It is acknowledged after the work and one is fetched
at a time; there is no result backend, for the job's row is the result.  Celery's own loggers are
silenced because they quote the broker's address.
"""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING, Any, Final

import structlog
from celery import Celery, signals
from celery.exceptions import CPendingDeprecationWarning, SecurityWarning
from kombu.entity import Queue
from kombu.exceptions import KombuError

from donations.jobs.carriers.lanes import BrokerAway, Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TASK: Final = "donations.run"
_CONNECT_SECONDS: Final = 4
_SILENCED: Final = ("celery", "kombu", "amqp", "redis")
_SETTINGS: Final[dict[str, Any]] = {
    "accept_content": ["json"],
    "task_serializer": "json",
    "result_backend": None,
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_default_queue": Lane.PROMPT.value,
    "task_send_sent_event": False,
    "broker_connection_timeout": _CONNECT_SECONDS,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,  # for ever: the broker comes back some day
    "broker_transport_options": {
        "socket_connect_timeout": _CONNECT_SECONDS,
        "socket_timeout": _CONNECT_SECONDS * 2,
    },
    "worker_prefetch_multiplier": 1,
    # Celery would lower it after a lost connection and raise it again from a thread of the pool,
    # which then reads from the same socket as the main thread: the worker stops hearing anything.
    "worker_enable_prefetch_count_reduction": False,
    "worker_enable_remote_control": False,
    "worker_send_task_events": False,
    "worker_hijack_root_logger": False,
    "worker_redirect_stdouts": False,
}
_log: Final = structlog.get_logger("donations.jobs")


class CeleryCarrier:
    """One broker, seen by whoever announces and by whoever runs."""

    def __init__(self, broker_url: str) -> None:
        """`broker_url` may hold a password and is never shown."""
        self._run: Callable[[Sequence[int]], int] = len
        self._app = Celery("donations", broker=broker_url, set_as_current=False)
        self._queues = {lane: _queue(lane) for lane in Lane}
        self._app.conf.update(_SETTINGS, task_queues=list(self._queues.values()))

        def take(ids: list[int]) -> None:  # Celery makes its tasks from functions only
            self._take(ids)

        self._task = self._app.task(name=TASK)(take)
        self._connection: Any = None
        _silence()

    def waiting(self, lane: Lane) -> int:
        """How many messages lie in `lane`.  Raises `BrokerAway`."""
        try:
            channel = self._connected().default_channel
            declared = self._queues[lane](channel).queue_declare()  # type: ignore[no-untyped-call]
            return int(declared.message_count)
        except self._troubles as error:
            raise self._gone(error) from None

    def announce(self, lane: Lane, groups: Sequence[Sequence[int]]) -> None:
        """Put one message for each group of ids into `lane`.  Raises `BrokerAway`."""
        try:
            with self._app.amqp.Producer(self._connected().default_channel) as producer:
                for ids in groups:
                    self._task.apply_async(
                        [list(ids)], queue=self._queues[lane], producer=producer, retry=False
                    )
        except self._troubles as error:
            raise self._gone(error) from None

    def serve(self, lane: Lane, threads: int, run: Callable[[Sequence[int]], int]) -> int:
        """Run what comes in `lane` until SIGTERM; the exit status."""
        self._run = run
        working = self._app.Worker(
            pool="threads",
            concurrency=threads,
            queues=[lane.value],
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            quiet=True,
        )
        working.start()
        return int(working.exitcode or 0)

    def close(self) -> None:
        """Let go of the broker."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.release()

    def _take(self, ids: Sequence[int]) -> None:
        try:
            self._run(ids)
        except Exception as error:  # noqa: BLE001 - the jobs stay due and are announced again
            _log.error("worker cannot reach its jobs", error=type(error).__name__)

    def _connected(self) -> Any:  # noqa: ANN401 - kombu carries no types
        if self._connection is None:
            connection = self._app.connection_for_write(connect_timeout=_CONNECT_SECONDS)
            connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
            self._connection = connection
        return self._connection

    @property
    def _troubles(self) -> tuple[type[Exception], ...]:
        known = self._app.connection_for_write()
        return (OSError, KombuError, *known.connection_errors, *known.channel_errors)

    def _gone(self, error: Exception) -> BrokerAway:
        try:
            self.close()
        except self._troubles:
            self._connection = None
        return BrokerAway(type(error).__name__)


def _queue(lane: Lane) -> Queue:
    return Queue(lane.value, routing_key=lane.value)  # type: ignore[no-untyped-call]


def _silence() -> None:
    signals.setup_logging.connect(_leave_logging_alone)
    warnings.filterwarnings("ignore", category=SecurityWarning)  # it is about pickle
    warnings.filterwarnings("ignore", category=CPendingDeprecationWarning)
    for name in _SILENCED:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _leave_logging_alone(**_told: object) -> None:
    """Celery sets up no logging where somebody answers this signal."""
