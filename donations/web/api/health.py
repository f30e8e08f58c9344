"""For whoever watches the server: is it up, can it do its work, and how do the books stand."""

from __future__ import annotations

import hmac
import ipaddress
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, abort, jsonify, request
from sqlalchemy.exc import SQLAlchemyError

from donations.jobs.pauses import paused_kinds
from donations.kernel.database import db
from donations.kernel.disk import nearly_full
from donations.migrations.schema import is_current
from donations.reconciliation.discrepancies import Kind
from donations.reports.jobs import kinds_of_work, pulse
from donations.reports.standing import standing
from donations.web.api.work import work_troubles
from donations.web.house import house

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta

    from sqlalchemy.orm import Session

blueprint = Blueprint("health", __name__)
_CARRIED: Final = ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP")


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 while the process answers at all."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """200 when database, schema, workers and work are as they should be; else 503, and what is not.

    `paused` names the kinds of work that somebody paused and `books` says how the books stand; they
    have no part in whether the machine is ready.
    """
    wrong = _troubles()
    answer = {"ready": not wrong, "wrong": wrong, "paused": _paused(), "books": _books()}
    return jsonify(answer), 503 if wrong else 200


@blueprint.get("/metrics")
def metrics() -> Response:
    """Counts for Prometheus: to this machine itself, or to whoever has `METRICS_TOKEN`."""
    if not (_has_token() or _is_this_machine()):
        abort(404)
    lines = "".join(f"{line}\n" for line in _measured())
    return Response(lines, content_type="text/plain; version=0.0.4; charset=utf-8")


def _troubles() -> list[str]:
    try:
        if not is_current(db.engine):
            return ["the database needs `donations db upgrade`"]
        parts = house()
        by_broker = bool(parts.broker_url)
        wrong = list(work_troubles(db.session(), parts.clock.now(), by_broker=by_broker))
        full = nearly_full(db.engine)
    except SQLAlchemyError:
        return ["the database does not answer"]
    return [full, *wrong] if full else wrong


def _paused() -> list[str]:
    try:
        return sorted(paused_kinds(db.session()))
    except SQLAlchemyError:
        return []


def _books() -> str:
    try:
        if not is_current(db.engine):
            return "unknown"
        now = standing(db.session(), house().clock.now())
    except SQLAlchemyError:
        return "unknown"
    if now.broken:
        return f"invariants broken: {now.broken}"
    if now.audit_is_late:
        return "not audited within a day"
    return f"exceptions open: {now.open}" if now.open else "well"


def _measured() -> Iterator[str]:
    session, now = db.session(), house().clock.now()
    books, alive = standing(session, now), pulse(session, now)
    yield from _work_measured(session, now)
    yield "# TYPE donations_open_exceptions gauge"
    for kind in Kind:
        yield f'donations_open_exceptions{{kind="{kind.value}"}} {books.exceptions[kind.value]}'
    gauges = {
        "donations_broken_invariants": books.broken,
        "donations_worker_heartbeat_age_seconds": _seconds(alive.worker),
        "donations_last_sweep_age_seconds": _seconds(books.swept_ago),
        "donations_last_audit_age_seconds": _seconds(books.audited_ago),
    }
    for name, value in gauges.items():
        yield f"# TYPE {name} gauge"
        yield f"{name} {value}"


def _work_measured(session: Session, now: datetime) -> Iterator[str]:
    """Jobs by kind and state, how late each kind is, who is paused; and the dead in all."""
    kinds = kinds_of_work(session, house().newsroom.zone, now)
    yield "# TYPE donations_jobs gauge"
    for one in kinds:
        for state in ("later", "due", "in_hand", "dead"):
            count = getattr(one, state)
            yield f'donations_jobs{{kind="{one.kind}",state="{state}"}} {count}'
    yield "# TYPE donations_jobs_late_seconds gauge"
    for one in kinds:
        yield f'donations_jobs_late_seconds{{kind="{one.kind}"}} {_seconds(one.late)}'
    yield "# TYPE donations_jobs_paused gauge"
    for one in kinds:
        yield f'donations_jobs_paused{{kind="{one.kind}"}} {int(one.paused_at is not None)}'
    yield "# TYPE donations_dead_jobs gauge"
    yield f"donations_dead_jobs {sum(one.dead for one in kinds)}"
    if house().broker_url:
        alive = pulse(session, now)
        for name, ago in (("relay", alive.relay), ("broker", alive.broker)):
            yield f"# TYPE donations_{name}_heartbeat_age_seconds gauge"
            yield f"donations_{name}_heartbeat_age_seconds {_seconds(ago)}"


def _seconds(age: timedelta | None) -> str:
    """Whole seconds; what never happened is infinitely long ago."""
    return "+Inf" if age is None else str(int(age.total_seconds()))


def _has_token() -> bool:
    token, given = house().metrics_token, request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


def _is_this_machine() -> bool:
    """Whether the caller is here, and not somebody whose question a proxy carried on."""
    if any(name in request.headers for name in _CARRIED):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
