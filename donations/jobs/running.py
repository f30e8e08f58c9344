"""Running what was claimed: one job, or many of a kind at once, each ended under its lease."""

from __future__ import annotations

import traceback
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

import structlog

from donations.jobs.claiming import Claim, claim_due, claim_these, prolong, still_held
from donations.jobs.outbox import bury, fail, finish, put_off
from donations.kernel.database import begin_write
from donations.kernel.disk import FULL, is_full
from donations.kernel.errors import GivenUp, TryAgainLater

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.kernel.clock import Clock

_FULL_WAITS: Final = timedelta(minutes=1)
_log: Final = structlog.get_logger("donations.jobs")


class Handler(Protocol):
    """Does one kind of work, its writes in the transaction that also ends the job."""

    def __call__(self, session: Session, arguments: Mapping[str, Any], now: datetime, /) -> None:
        """Do the work; raise to have it tried again later."""
        ...


@runtime_checkable
class BulkHandler(Protocol):
    """Does up to `at_once` jobs of a kind together; such work waits behind what people wait for."""

    at_once: int

    def many(self, session: Session, claims: Sequence[Claim], clock: Clock) -> None:
        """Do the work and end each job by `finish`, `fail` or `put_off`, committing as it goes.

        What it leaves open when it returns or raises is tried again.
        """
        ...


class Runner:
    """The handlers, and what is in their hands now."""

    def __init__(
        self,
        sessions: Callable[[], AbstractContextManager[Session]],
        handlers: Mapping[str, Handler | BulkHandler],
        clock: Clock,
    ) -> None:
        """`sessions` opens one session for one piece of work and closes it afterwards."""
        self.sessions = sessions
        self.clock = clock
        self._handlers = handlers
        self._in_hand: dict[int, str] = {}
        self.met_full_disk = False
        self.at_once = {
            kind: max(1, handler.at_once)
            for kind, handler in handlers.items()
            if isinstance(handler, BulkHandler)
        }

    def run_due(self, session: Session, kind: str) -> int:
        """Claim and run one due job of `kind`, or a handful of a bulk kind; how many."""
        most = self.at_once.get(kind, 1)
        return self._run(session, claim_due(session, kind, most, now=self.clock.now()))

    def run_these(self, ids: Collection[int]) -> int:
        """Claim and run those of the jobs `ids` that are still due; how many."""
        with self.sessions() as session:
            taken = claim_these(session, ids, now=self.clock.now())
            by_kind: dict[str, list[Claim]] = {}
            for one in taken:
                by_kind.setdefault(one.kind, []).append(one)
            return sum(self._run(session, claims) for claims in by_kind.values())

    def keep_leases(self, session: Session, *, now: datetime) -> None:
        """Keep the lease of everything in hand; the caller commits."""
        prolong(session, dict(self._in_hand), now=now)

    def _run(self, session: Session, claims: Sequence[Claim]) -> int:
        self._in_hand.update((one.job_id, one.lease) for one in claims)
        try:
            if claims and claims[0].kind in self.at_once:
                self._run_many(session, claims)
            else:
                for one in claims:
                    self._run_one(session, one)
                    self._in_hand.pop(one.job_id, None)
        finally:
            for one in claims:
                self._in_hand.pop(one.job_id, None)
        return len(claims)

    def _run_one(self, session: Session, taken: Claim) -> None:
        log = _log.bind(kind=taken.kind, job=taken.job_id, attempt=taken.attempt)
        try:
            handler = self._handlers[taken.kind]
            handler(session, taken.arguments, self.clock.now())  # type: ignore[operator]
            if not session.in_transaction():
                begin_write(session)
            if finish(session, taken.job_id, taken.lease, now=self.clock.now()):
                session.commit()
                self.met_full_disk = False
            else:
                session.rollback()
                log.warning("lease lost, effects rolled back")
        except Exception as error:  # noqa: BLE001 - one job may fail without stopping the others
            self._put_back(session, [taken], error, for_good=isinstance(error, GivenUp))
            log.warning("job failed", error=type(error).__name__)

    def _run_many(self, session: Session, claims: Sequence[Claim]) -> None:
        handler = self._handlers[claims[0].kind]
        error: Exception = TryAgainLater("it was left open")
        try:
            handler.many(session, claims, self.clock)  # type: ignore[union-attr]
        except Exception as raised:  # noqa: BLE001 - as above
            error = raised
            name = type(raised).__name__
            _log.warning("jobs failed", kind=claims[0].kind, jobs=len(claims), error=name)
        else:
            self.met_full_disk = False
        left = still_held(begin_write(session), claims)
        # One job's fault must not bury the others: here even `GivenUp` is only a failure.
        self._put_back(session, left, error, for_good=False)

    def _put_back(
        self, session: Session, claims: Sequence[Claim], error: Exception, *, for_good: bool
    ) -> None:
        reason, now = reason_of(error), self.clock.now()
        at = error.at if isinstance(error, TryAgainLater) else None
        if is_full(error):  # no fault of the job's: the attempt does not count
            self.met_full_disk, at = True, now + _FULL_WAITS
            _log.error(FULL, jobs=len(claims))
        begin_write(session)
        for one in claims:
            if for_good:
                bury(session, one.job_id, one.lease, reason)
            elif at is not None:
                put_off(session, one.job_id, one.lease, at, reason, now)
            else:
                fail(session, one.job_id, one.lease, reason, now=now)
        session.commit()


def reason_of(error: Exception) -> str:
    """Why work failed, for staff: where and what kind, never the values it was working on."""
    if isinstance(error, TryAgainLater):
        return f"Waiting: {error}"
    if isinstance(error, GivenUp):
        return str(error)
    if is_full(error):
        return f"Waiting: {FULL}"
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"
    return f"{type(error).__name__} in {frame.name} ({place})"
