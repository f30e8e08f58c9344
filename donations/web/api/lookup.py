"""Tells the newsroom's own CMS whether the owner of an address supports us, and how.

    GET /api/supporters/lookup
    Authorization: Bearer dk_…
    Supporter-Email: reader@example.org

The address stands in a header: addresses of requests are written down by every server and proxy on
the way, headers are not.  It is sent as it is.  A plain hash of it would hide nothing, since
whoever guesses an address can hash it too, and we could not look for it: what we keep of an address
is an index under a key that never leaves us.  Letters outside ASCII are percent-encoded UTF-8, and
so is a percent sign.

The answer is the same for everyone nobody knows: `supporter` false.  `since` is a month, `until`
the day on which it ends if nothing more comes.  Whom was asked about is written nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from flask import Blueprint, Response, jsonify, request

from donations.entitlements.held import standing as tier
from donations.kernel.database import db
from donations.mailer.addresses import BadAddress, checked_address
from donations.partners.kinds import Scope
from donations.passes.entitled import Level, standing
from donations.supporters.directory import find_by_email
from donations.web.api.admission import keyed
from donations.web.api.problems import problem
from donations.web.house import house

if TYPE_CHECKING:
    from donations.entitlements.held import Held
    from donations.passes.entitled import Standing

blueprint: Final = Blueprint("lookup", __name__)
HEADER: Final = "Supporter-Email"


@blueprint.get("/api/supporters/lookup")
@keyed(Scope.LOOKUP)
def lookup() -> Response:
    """How the owner of one address stands."""
    if request.args:
        return problem(400, f"Nothing is taken from the query: send {HEADER} as a header.")
    try:
        address = checked_address(unquote(request.headers.get(HEADER, ""), errors="strict"))
    except (BadAddress, UnicodeDecodeError):
        return problem(400, f"{HEADER} must be one e-mail address.")
    session, parts = db.session(), house()
    supporter, now = find_by_email(session, parts.master, address), parts.clock.now()
    if supporter is None:
        return jsonify(_told(None, None))
    return jsonify(_told(standing(session, supporter.id, now), tier(session, supporter.id, now)))


def _told(found: Standing | None, holding: Held | None) -> dict[str, Any]:
    return {
        "supporter": found is not None,
        "member": found is not None and found.level is Level.MEMBER,
        "tier": holding.code if holding else None,
        "since": found.since.strftime("%Y-%m") if found else None,
        "until": found.until.isoformat() if found and found.until else None,
    }
