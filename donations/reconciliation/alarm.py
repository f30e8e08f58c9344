"""Writes to whoever keeps the books when they need a look: one letter a day, kinds and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from donations.jobs.models import Heartbeat
from donations.jobs.outbox import beat, enqueue
from donations.mailer.message import Message
from donations.reconciliation.discrepancies import ALARMING, is_open
from donations.reconciliation.models import Discrepancy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.kernel.newsroom import Newsroom
    from donations.mailer.postbox import Postbox

ALARM_JOB: Final = "books_alarm"
_EXCEPTIONS: Final = "/office/exceptions"


def raise_alarm(session: Session, *, now: datetime) -> bool:
    """Promise the day's letter if something alarming was found since the last; whether it was.

    What is found after the day's letter is told by the next day's.
    """
    last = session.scalar(select(Heartbeat.beat_at).where(Heartbeat.name == ALARM_JOB))
    fresh = (
        select(Discrepancy.kind, func.count())
        .where(is_open(), Discrepancy.kind.in_([kind.value for kind in ALARMING]))
        .group_by(Discrepancy.kind)
    )
    if last is not None:
        fresh = fresh.where(Discrepancy.found_at > last)
    counts = {kind: int(count) for kind, count in session.execute(fresh)}
    key = f"{ALARM_JOB}:{now.date().isoformat()}"
    if not counts or not enqueue(session, ALARM_JOB, key, {"key": key, "counts": counts}, now=now):
        return False
    beat(session, ALARM_JOB, now=now)
    return True


class AlarmSender:
    """Writes the letter: to `newsroom.alarm_to`, or to the newsroom's contact."""

    def __init__(self, postbox: Postbox, newsroom: Newsroom, base_url: str) -> None:
        self._postbox = postbox
        self._newsroom = newsroom
        self._url = f"{base_url}{_EXCEPTIONS}"

    def __call__(self, session: Session, arguments: Mapping[str, Any], _now: datetime) -> None:
        """The job of one letter."""
        counts = arguments["counts"]
        lines = [(kind.value, counts[kind.value]) for kind in ALARMING if kind.value in counts]
        to = self._newsroom.alarm_to or self._newsroom.contact
        context = {"counts": lines, "office_url": self._url}
        message = Message(ALARM_JOB, to, self._newsroom.languages[0], context)
        self._postbox.post(session, arguments["key"], message)
