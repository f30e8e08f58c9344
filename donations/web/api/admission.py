"""Lets another program in by its key, or says what is wrong with it."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Final

import structlog
from flask import Response, request

from donations.kernel.database import db
from donations.partners.keys import OutOfScope, TooManyRequests, UnknownKey, admit
from donations.web.api.problems import problem
from donations.web.house import house

if TYPE_CHECKING:
    from collections.abc import Callable

    from donations.partners.kinds import Scope

_SCHEME: Final = "Bearer "
_ASKING: Final = {"WWW-Authenticate": 'Bearer realm="donations"'}
_log: Final = structlog.get_logger("donations.api")


def keyed(scope: Scope) -> Callable[[Callable[[], Response]], Callable[[], Response]]:
    """Answer only who has a key of that scope (RFC 6750); the key is taken from no address."""

    def of(view: Callable[[], Response]) -> Callable[[], Response]:
        @wraps(view)
        def answer() -> Response:
            return _refusal(scope) or view()

        return answer

    return of


def _refusal(scope: Scope) -> Response | None:
    given = request.headers.get("Authorization", "")
    token = given.removeprefix(_SCHEME).strip() if given.startswith(_SCHEME) else ""
    try:
        admit(db.session(), token, scope, now=house().clock.now())
    except UnknownKey:
        _log.warning("key refused", scope=scope.value)
        return problem(401, "Send a key that is in force: Authorization: Bearer dk_…", _ASKING)
    except OutOfScope:
        return problem(403, f"This key was not made for the scope {scope.value}.")
    except TooManyRequests as error:
        return problem(429, "Too many requests in a minute.", {"Retry-After": str(error.wait)})
    return None
