"""Letters promised as jobs, posted together: each job ends with its own letter's fate.

What a handler keeps of a letter ("this reminder was sent") is written when the whole bag is done,
in one transaction with the ends of the jobs.  If everything stops before, the letters' own rows
say which went, and whoever has the jobs next only catches up with the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import structlog
from sqlalchemy.exc import OperationalError

from donations.jobs.outbox import bury, fail, finish_many, put_off
from donations.jobs.running import reason_of
from donations.kernel.database import begin_write
from donations.kernel.errors import GivenUp, TryAgainLater

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.jobs.claiming import Claim
    from donations.kernel.clock import Clock
    from donations.mailer.addressed import Fate
    from donations.mailer.message import Message
    from donations.mailer.postbox import Postbox

_log = structlog.get_logger("donations.mailer")


class Correspondence(Protocol):
    """Knows what one kind of job has to say, and what has to be kept once it is said."""

    def written(
        self, session: Session, claims: Sequence[Claim], now: datetime
    ) -> Mapping[int, tuple[str, Message] | Exception]:
        """By the job's id its letter with its cause, or why there can be none.

        A job that is not among them owes nothing any more.
        """
        ...

    def keep(
        self, session: Session, ended: Sequence[tuple[Claim, Fate | None]], now: datetime
    ) -> None:
        """Write what follows from the fates; None where nothing was owed.  The caller commits."""
        ...

    def failed(self, session: Session, claims: Sequence[Claim]) -> None:
        """Keep that these were tried in vain, if that is kept at all.  The caller commits."""
        ...


def post_claims(
    session: Session,
    postbox: Postbox,
    what: Correspondence,
    claims: Sequence[Claim],
    clock: Clock,
) -> None:
    """Post the letters of these jobs and end every one of them.  One that fails stops no other."""
    written = what.written(session, claims, clock.now())
    failed = {at: found for at, found in written.items() if isinstance(found, Exception)}
    going = {at: found for at, found in written.items() if not isinstance(found, Exception)}
    posted = dict(zip(going, postbox.post_many(session, going.values()), strict=True))
    failed |= {at: one.error for at, one in posted.items() if one.error is not None}
    back = [(one, failed[one.job_id]) for one in claims if one.job_id in failed]
    _put_back(session, what, back, clock)
    fates = [
        (one, posted[one.job_id].fate if one.job_id in posted else None)
        for one in claims
        if one.job_id not in failed
    ]
    _end(session, what, fates, clock)


def _end(
    session: Session,
    what: Correspondence,
    fates: Sequence[tuple[Claim, Fate | None]],
    clock: Clock,
) -> None:
    if not fates:
        return
    now = clock.now()
    try:
        begin_write(session)
        ended = finish_many(session, [one for one, _ in fates], now=now)
        what.keep(session, [(one, fate) for one, fate in fates if one.job_id in ended], now)
        session.commit()
    except OperationalError:
        session.rollback()
        raise  # the database's own trouble, and no row's
    except Exception as error:  # noqa: BLE001 - one row that cannot be written stops no other
        session.rollback()
        if len(fates) == 1:
            _put_back(session, what, [(fates[0][0], error)], clock)
            return
        for pair in fates:
            _end(session, what, [pair], clock)


def _put_back(
    session: Session,
    what: Correspondence,
    failed: Sequence[tuple[Claim, Exception]],
    clock: Clock,
) -> None:
    """End the jobs whose letter did not go: for good, until a moment, or as one more failure."""
    if not failed:
        return
    begin_write(session)
    tried = [claim for claim, error in failed if not _waits(error)]
    if tried:
        what.failed(session, tried)
    for claim, error in failed:
        _end_failed(session, claim, error, clock.now())
    session.commit()


def _end_failed(session: Session, claim: Claim, error: Exception, now: datetime) -> None:
    reason = reason_of(error)
    if isinstance(error, TryAgainLater) and error.at is not None:
        put_off(session, claim.job_id, claim.lease, error.at, reason, now)
        return
    if isinstance(error, GivenUp):
        bury(session, claim.job_id, claim.lease, reason)
    else:
        fail(session, claim.job_id, claim.lease, reason, now=now)
    _log.warning("letter failed", kind=claim.kind, job=claim.job_id, error=type(error).__name__)


def _waits(error: Exception) -> bool:
    return isinstance(error, TryAgainLater) and error.at is not None
