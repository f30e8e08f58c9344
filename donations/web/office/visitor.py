"""Who is looking at an office page, and the cookie that says so.

The cookie holds a token and nothing else.  Over HTTPS its name begins with `__Host-`, so no other
host and no plain connection can set it; the demonstration on http has to do without.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import request

from donations.kernel.database import db
from donations.staff.sessions import LONGEST, member_for
from donations.web.house import house

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

_SECURE_NAME: Final = "__Host-office"
_PLAIN_NAME: Final = "office"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in member of staff."""

    staff_id: int
    login: str
    role: str


def visitor() -> Visitor | None:
    """The member of staff behind this request, or None."""
    token = visitor_token()
    if token is None:
        return None
    member = member_for(db.session(), token, house().clock.now())
    return None if member is None else Visitor(member.id, member.login, member.role)


def visitor_token() -> str | None:
    """The token the browser sent."""
    return request.cookies.get(_name())


def remember(response: Response, token: str) -> None:
    """Give the browser `token`."""
    response.set_cookie(
        _name(),
        token,
        max_age=LONGEST,
        path="/",
        secure=_over_https(),
        httponly=True,
        samesite="Strict",
    )


def dismiss(response: Response) -> None:
    """Take the token from the browser."""
    response.delete_cookie(
        _name(), path="/", secure=_over_https(), httponly=True, samesite="Strict"
    )


def _over_https() -> bool:
    return house().base_url.startswith("https://")


def _name() -> str:
    return _SECURE_NAME if _over_https() else _PLAIN_NAME
