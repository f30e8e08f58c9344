"""What endpoints are told, to be read in order: for whoever missed something, or cannot listen.

    GET /api/events?after=NUMBER
    Authorization: Bearer dk_…

Gives at most 100 events, the oldest first, each with the very text an endpoint is sent; `after` is
the number of the last one had.  Events are kept for 90 days.
"""

from __future__ import annotations

import json
from typing import Final

from flask import Blueprint, Response, jsonify, request

from donations.kernel.database import db
from donations.partners.kinds import Scope
from donations.partners.replaying import events_after
from donations.web.api.admission import keyed
from donations.web.api.problems import problem

blueprint: Final = Blueprint("events", __name__)
_MOST_DIGITS: Final = 18


@blueprint.get("/api/events")
@keyed(Scope.EVENTS)
def events() -> Response:
    """The events after a number."""
    text = request.args.get("after", "0")
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        return problem(400, "after must be the number of an event.")
    found = events_after(db.session(), int(text))
    return jsonify({"events": [json.loads(one.body) for one in found]})
