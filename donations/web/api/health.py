"""For whoever watches the server: is it up, can it do its work, and how do the books stand."""

from __future__ import annotations

import hmac
import ipaddress
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, abort, jsonify, request
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from donations.jobs.models import Heartbeat, Job
from donations.jobs.worker import HEARTBEAT
from donations.kernel.database import db
from donations.migrations.schema import is_current
from donations.reconciliation.discrepancies import Kind
from donations.reports.standing import standing
from donations.web.house import house

if TYPE_CHECKING:
    from collections.abc import Iterator

blueprint = Blueprint("health", __name__)
_SILENT_TOO_LONG: Final = timedelta(seconds=60)
_CARRIED: Final = ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP")


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 while the process answers at all."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """200 when database, schema and worker are as they should be; else 503, and what is not.

    `books` says how the books stand; they have no part in whether the machine is ready.
    """
    wrong = _troubles()
    answer = {"ready": not wrong, "wrong": wrong, "books": _books()}
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
        age = _worker_age()
        dead = _dead_jobs()
    except SQLAlchemyError:
        return ["the database does not answer"]
    wrong = []
    if age is None or age > _SILENT_TOO_LONG:
        wrong.append("no worker has shown signs of life for a minute")
    if dead:
        wrong.append(f"{dead} jobs have failed for good; see the office inbox")
    return wrong


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
    books = standing(session, now)
    yield "# TYPE donations_open_exceptions gauge"
    for kind in Kind:
        yield f'donations_open_exceptions{{kind="{kind.value}"}} {books.exceptions[kind.value]}'
    gauges = {
        "donations_broken_invariants": books.broken,
        "donations_dead_jobs": _dead_jobs(),
        "donations_worker_heartbeat_age_seconds": _seconds(_worker_age()),
        "donations_last_sweep_age_seconds": _seconds(books.swept_ago),
        "donations_last_audit_age_seconds": _seconds(books.audited_ago),
    }
    for name, value in gauges.items():
        yield f"# TYPE {name} gauge"
        yield f"{name} {value}"


def _worker_age() -> timedelta | None:
    beat = db.session().scalar(select(Heartbeat.beat_at).where(Heartbeat.name == HEARTBEAT))
    return None if beat is None else house().clock.now() - beat


def _dead_jobs() -> int:
    dead = select(func.count()).select_from(Job).where(Job.state == "dead")
    return db.session().scalar(dead) or 0


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
