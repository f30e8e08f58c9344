"""In plain words, for whoever watches the server: what of the work is not as it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.reports.jobs import SILENT, dead_kinds, late_kinds, pulse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta

    from sqlalchemy.orm import Session


def work_troubles(session: Session, now: datetime, *, by_broker: bool) -> Iterator[str]:
    """Who is silent, what is late and what failed for good; nothing where all is well."""
    yield from silences(session, now, by_broker=by_broker)
    for kind, late in sorted(late_kinds(session, now).items()):
        yield f"work is late: {kind}, by {in_words(late)}"
    for kind, count in dead_kinds(session).items():
        yield f"{count} of {kind} failed for good; see /office/jobs"


def silences(session: Session, now: datetime, *, by_broker: bool) -> Iterator[str]:
    """Which of those that should be at work have shown no sign of life for a minute."""
    alive = pulse(session, now)
    if _is_silent(alive.worker):
        yield "no worker has shown signs of life for a minute"
    if not by_broker:
        return
    if _is_silent(alive.bulk_worker):
        yield "no worker for bulk work has shown signs of life for a minute"
    if _is_silent(alive.relay):
        yield "the relay, which tells the broker of due work, has been silent for a minute"
    elif _is_silent(alive.broker):
        yield "the broker has not answered for a minute; jobs wait in the database"


def in_words(duration: timedelta) -> str:
    """A duration in minutes, or in hours where they are many."""
    minutes = int(duration.total_seconds()) // 60
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"  # noqa: PLR2004


def _is_silent(ago: timedelta | None) -> bool:
    return ago is None or ago > SILENT
