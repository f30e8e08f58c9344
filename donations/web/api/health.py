"""For whoever watches the server: is it up, and can it do its work."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import Blueprint, Response, jsonify
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from donations.jobs.models import Heartbeat, Job
from donations.jobs.worker import HEARTBEAT
from donations.kernel.database import db
from donations.migrations.schema import is_current
from donations.web.house import house

blueprint = Blueprint("health", __name__)
_SILENT_TOO_LONG: Final = timedelta(seconds=60)


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 while the process answers at all."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """200 when database, schema and worker are as they should be; else 503, and what is not."""
    wrong = _troubles()
    return jsonify({"ready": not wrong, "wrong": wrong}), 503 if wrong else 200


def _troubles() -> list[str]:
    try:
        if not is_current(db.engine):
            return ["the database needs `donations db upgrade`"]
        session = db.session()
        beat = session.scalar(select(Heartbeat.beat_at).where(Heartbeat.name == HEARTBEAT))
        dead = session.scalar(select(func.count()).select_from(Job).where(Job.state == "dead"))
    except SQLAlchemyError:
        return ["the database does not answer"]
    wrong = []
    if beat is None or house().clock.now() - beat > _SILENT_TOO_LONG:
        wrong.append("no worker has shown signs of life for a minute")
    if dead:
        wrong.append(f"{dead} jobs have failed for good; see the office inbox")
    return wrong
