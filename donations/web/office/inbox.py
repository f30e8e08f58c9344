"""Stripe's events, and putting one that failed back to work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog
from flask import g, redirect, render_template, url_for
from sqlalchemy import select

from donations.inbox.intake import STRIPE_EVENT_JOB
from donations.inbox.models import StripeEvent, job_key
from donations.jobs.outbox import enqueue, replay
from donations.kernel.database import begin_write, db
from donations.kernel.errors import NotFound
from donations.reports.inbox import Progress, events, in_trouble
from donations.staff.roles import Permission
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.queries import asked, kept_filters

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_log: Final = structlog.get_logger("donations.office")


@page("/inbox", needs=Permission.INBOX)
def inbox_list() -> ResponseReturnValue:
    """What is in trouble, then the latest events."""
    chosen, after = asked("state", Progress), asked("after", str)
    first_look = chosen is None and after is None
    return render_template(
        "office/inbox.html",
        chosen=chosen,
        trouble=in_trouble(db.session()) if first_look else (),
        first_look=first_look,
        found=events(db.session(), chosen, after=after),
        progresses=tuple(Progress),
        query=kept_filters(),
    )


@page("/inbox/<event_id>/replay", needs=Permission.REPLAY, methods=("POST",))
def inbox_replay(event_id: str) -> ResponseReturnValue:
    """Have an event applied again; applying it twice changes nothing twice."""
    session, now, key = begin_write(db.session()), house().clock.now(), job_key(event_id)
    if session.scalar(select(StripeEvent.id).where(StripeEvent.event_id == event_id)) is None:
        session.rollback()
        raise NotFound
    if not replay(session, key, now=now):  # it was done so long ago that its job is forgotten
        enqueue(session, STRIPE_EVENT_JOB, key, {"event": event_id}, now=now)
    session.commit()
    _log.info("event replayed", stripe_event=event_id, staff=g.visitor.staff_id)
    return redirect(url_for("office.inbox_list"), 303)
