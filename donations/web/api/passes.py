"""The keys by which anyone believes a pass.  Open to everyone, the same for everyone, cacheable.

Two addresses, never to be read as one: `/api/pass/keys` is a JWKS (RFC 7517) for signed passes;
`/api/pass/blind-keys` has the same form and, for each key, its `level` and from when until when
(`nbf`, `exp`, seconds) the passes under it are good.  A new key is shown before it signs anything.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response

from donations.kernel.database import db
from donations.passes.keys import BLIND, JWT, ensure_keys, published
from donations.web.house import house

if TYPE_CHECKING:
    from collections.abc import Sequence

    from donations.passes.models import PassKey

blueprint: Final = Blueprint("passes", __name__)
_HEADERS: Final = {
    "Cache-Control": "public, max-age=3600",  # half the time a key is shown before it is used
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@blueprint.get("/api/pass/keys")
def pass_keys() -> Response:
    """The running key of signed passes, the next one, and those with passes not yet over."""
    return _jwks([json.loads(key.public) for key in _keys(JWT)])


@blueprint.get("/api/pass/blind-keys")
def blind_pass_keys() -> Response:
    """The keys of blind passes that are not over."""
    return _jwks([{**json.loads(key.public), **_span(key)} for key in _keys(BLIND)])


def _keys(kind: str) -> Sequence[PassKey]:
    session, parts = db.session(), house()
    now = parts.clock.now()
    ensure_keys(session, parts.master, now)
    return published(session, kind, now)


def _span(key: PassKey) -> dict[str, Any]:
    return {
        "level": key.level,
        "nbf": int(key.starts_at.timestamp()),
        "exp": int(key.valid_until.timestamp()),
    }


def _jwks(keys: list[dict[str, Any]]) -> Response:
    body = json.dumps({"keys": keys}, separators=(",", ":"))
    return Response(body, mimetype="application/json", headers=_HEADERS)
