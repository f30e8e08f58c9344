"""Where mail services tell what came back.  No session and no CSRF.

A mail service without its key or secret in the settings has no door at all.
"""

from __future__ import annotations

from typing import Final

import structlog
from flask import Blueprint, Response, abort, request

from donations.kernel.database import db
from donations.kernel.errors import TryAgainLater
from donations.mailer.returns.noting import note
from donations.mailer.returns.returned import Arrival, NotReadable, NotVerified
from donations.web.house import house

blueprint = Blueprint("mail_returns", __name__)
LARGEST: Final = 1024 * 1024  # the largest batches of SendGrid are under 800 kB
_log: Final = structlog.get_logger("donations.web")


@blueprint.post("/webhooks/mail/<provider>")
def mail_return(provider: str) -> Response:
    """200 once it is kept, also for what says nothing to us; 403, without a reason, if not proven.

    503 asks the service to tell again later.  The log never has more than the service's name.
    """
    request.max_content_length = LARGEST
    parts = house()
    door = parts.mail_doors.open.get(provider)
    if door is None:
        abort(404)
    headers = {name.lower(): value for name, value in request.headers.items()}
    arrival = Arrival(request.get_data(cache=False), headers, parts.clock.now())
    try:
        returns = door.returns(arrival)
    except NotVerified:
        return _plain("Refused.", 403)
    except NotReadable:
        _log.warning("mail return unreadable", provider=provider)
        return _plain("Not understood.", 400)
    except TryAgainLater:
        _log.warning("mail return put off", provider=provider)
        return _plain("Later.", 503)
    note(db.session(), parts.master, returns, source=provider, now=arrival.at)
    return _plain("Kept.", 200)


def _plain(text: str, status: int) -> Response:
    return Response(text + "\n", status, mimetype="text/plain")
