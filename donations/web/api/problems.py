"""Refusals for programs, as problem details (RFC 9457)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from flask import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

_TITLES: Final = {
    400: "Bad request",
    401: "Unauthorized",
    403: "Forbidden",
    429: "Too many requests",
}


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """An answer that says what is wrong; `detail` is for whoever wrote the calling program."""
    said = {"type": "about:blank", "title": _TITLES[status], "status": status, "detail": detail}
    return Response(json.dumps(said), status, mimetype="application/problem+json", headers=headers)
