"""`donations jobs`: how the work stands, what failed for good, and letting it wait or go on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import click

from donations.jobs.outbox import pause, replay, replay_dead, resume
from donations.kernel.database import begin_write, db
from donations.reports.jobs import dead_jobs, kinds_of_work
from donations.web.api.work import in_words
from donations.web.house import EXTENSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from donations.reports.jobs import DeadJob, KindOfWork
    from donations.web.house import House

BY: Final = "the command line"
LOOK_SECONDS: Final = 0.5


def told(app: Flask) -> Iterator[str]:
    """The work by kind, then what failed for good, line by line."""
    parts: House = app.extensions[EXTENSION]
    with app.app_context():
        session = db.session()
        kinds = kinds_of_work(session, parts.newsroom.zone, parts.clock.now())
        if not kinds:
            yield "Nothing is left to do, and nothing was done today."
        yield from (_kind_told(one) for one in kinds)
        yield from (_dead_told(job) for job in dead_jobs(session))


def retry(app: Flask, key: str) -> bool:
    """Have the job `key` done again, whatever became of it; false if there is none."""
    parts: House = app.extensions[EXTENSION]
    with app.app_context():
        session = begin_write(db.session())
        found = replay(session, key, now=parts.clock.now())
        session.commit()
        return found


def retry_all(app: Flask, kind: str) -> int:
    """Have everything of `kind` that failed for good tried again; how many."""
    parts: House = app.extensions[EXTENSION]
    with app.app_context():
        session = begin_write(db.session())
        count = replay_dead(session, kind, now=parts.clock.now())
        session.commit()
        return count


def set_paused(app: Flask, kind: str, *, paused: bool) -> None:
    """Let nobody begin work of `kind`, or let it go on."""
    parts: House = app.extensions[EXTENSION]
    with app.app_context():
        session, now = begin_write(db.session()), parts.clock.now()
        if paused:
            pause(session, kind, by=BY, now=now)
        else:
            resume(session, kind, now=now)
        session.commit()


def watch(app: Flask, kind: str) -> int:
    """Show a bar until nothing of `kind` is due; 1 if something of it failed for good, else 0."""
    first = _look(app, kind)
    total = 0 if first is None else first.open
    now = first
    with click.progressbar(length=total, label=kind) as bar:
        while now is not None and now.open:
            total = max(total, now.open)
            bar.length = total
            bar.label = f"{kind} (paused)" if now.paused_at else kind
            bar.update(total - now.open - bar.pos)
            time.sleep(LOOK_SECONDS)
            now = _look(app, kind)
        bar.update(total - bar.pos)
    dead = 0 if now is None else now.dead
    click.echo(f"{dead} failed for good." if dead else "Nothing is left to do.")
    return 1 if dead else 0


def _look(app: Flask, kind: str) -> KindOfWork | None:
    parts: House = app.extensions[EXTENSION]
    with app.app_context():
        kinds = kinds_of_work(db.session(), parts.newsroom.zone, parts.clock.now())
        return next((one for one in kinds if one.kind == kind), None)


def _kind_told(one: KindOfWork) -> str:
    parts = [f"{one.due} due", f"{one.in_hand} in hand", f"{one.later} for later"]
    parts += [f"{one.dead} failed for good", f"{one.done_today} done today"]
    if one.paused_at is not None:
        parts.append(f"paused by {one.paused_by}")
    elif one.is_late:
        parts.append(f"LATE by {in_words(one.late)}")
    return f"{one.kind}: {', '.join(part for part in parts if not part.startswith('0 '))}"


def _dead_told(job: DeadJob) -> str:
    when = f"{job.tried_at:%Y-%m-%d %H:%M} UTC"
    return f"  gave up {job.key} at attempt {job.attempts}, {when}: {job.reason}"
