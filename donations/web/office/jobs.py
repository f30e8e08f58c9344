"""The machine's work by kind: how it goes, what failed for good, and letting it wait or go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog
from flask import g, redirect, render_template, url_for

from donations.jobs.models import Job
from donations.jobs.outbox import pause, replay, replay_dead, resume
from donations.kernel.database import begin_write, db
from donations.kernel.errors import NotFound
from donations.reports.jobs import dead_jobs, kinds_of_work
from donations.staff.roles import Permission
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.job_words import JOB_KINDS

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

_log: Final = structlog.get_logger("donations.office")


@page("/jobs", needs=Permission.JOBS)
def job_list() -> ResponseReturnValue:
    """Every kind of work with what is left of it, then what failed for good."""
    session, now = db.session(), house().clock.now()
    kinds = kinds_of_work(session, house().newsroom.zone, now)
    return render_template(
        "office/jobs.html",
        kinds=kinds,
        dead=dead_jobs(session),
        dead_count=sum(one.dead for one in kinds),
        words=JOB_KINDS,
    )


@page("/jobs/<int:number>/retry", needs=Permission.JOBS, methods=("POST",))
def job_retry(number: int) -> ResponseReturnValue:
    """Have one job that failed for good tried again, with all its attempts before it."""
    session = begin_write(db.session())
    job = session.get(Job, number)
    if job is None or job.state != "dead":
        session.rollback()
        raise NotFound
    replay(session, job.key, now=house().clock.now())
    session.commit()
    _log.info("job retried", job=number, staff=g.visitor.staff_id)
    return _back()


@page("/jobs/<kind>/retry-all", needs=Permission.JOBS, methods=("POST",))
def job_retry_all(kind: str) -> ResponseReturnValue:
    """Have everything of a kind that failed for good tried again."""
    session = _writing(kind)
    count = replay_dead(session, kind, now=house().clock.now())
    session.commit()
    _log.info("jobs retried", kind=kind, jobs=count, staff=g.visitor.staff_id)
    return _back()


@page("/jobs/<kind>/pause", needs=Permission.JOBS, methods=("POST",))
def job_pause(kind: str) -> ResponseReturnValue:
    """Let nobody begin work of a kind until it is resumed."""
    session = _writing(kind)
    pause(session, kind, by=g.visitor.login, now=house().clock.now())
    session.commit()
    _log.info("jobs paused", kind=kind, staff=g.visitor.staff_id)
    return _back()


@page("/jobs/<kind>/resume", needs=Permission.JOBS, methods=("POST",))
def job_resume(kind: str) -> ResponseReturnValue:
    """Let work of a kind go on."""
    session = _writing(kind)
    resume(session, kind, now=house().clock.now())
    session.commit()
    _log.info("jobs resumed", kind=kind, staff=g.visitor.staff_id)
    return _back()


def _writing(kind: str) -> Session:
    """A transaction that means to write.  Raises `NotFound` for a kind nobody has heard of."""
    session, now = db.session(), house().clock.now()
    seen = {one.kind for one in kinds_of_work(session, house().newsroom.zone, now)}
    if kind not in seen | set(JOB_KINDS):
        raise NotFound
    return begin_write(session)


def _back() -> ResponseReturnValue:
    return redirect(url_for("office.job_list"), 303)
