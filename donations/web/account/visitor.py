"""Who is looking at an account, and the cookie that says so.

The cookie holds a token and nothing else.  Over HTTPS its name begins with `__Host-`, so no other
host and no plain connection can set it; that name asks for the whole site as its path, which the
pages of every language need anyway.  It is Lax, because a link in a letter leads here: a Strict one
would stay behind, and its reader would be asked to sign in again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import request

from donations.kernel.database import db
from donations.supporters.sessions import LONGEST, supporter_of
from donations.web.house import house

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from donations.supporters.models import Supporter

_SECURE_NAME: Final = "__Host-account"
_PLAIN_NAME: Final = "account"


def visitor() -> Supporter | None:
    """The supporter behind this request, or None."""
    token = visitor_token()
    return None if token is None else supporter_of(db.session(), token, house().clock.now())


def visitor_token() -> str | None:
    """The token the browser sent."""
    return request.cookies.get(_name()) or None


def remember(response: Response, token: str) -> None:
    """Give the browser `token`."""
    response.set_cookie(
        _name(),
        token,
        max_age=LONGEST,
        path="/",
        secure=_over_https(),
        httponly=True,
        samesite="Lax",
    )


def dismiss(response: Response) -> None:
    """Take the token from the browser."""
    response.delete_cookie(_name(), path="/", secure=_over_https(), httponly=True, samesite="Lax")


def _over_https() -> bool:
    return house().base_url.startswith("https://")


def _name() -> str:
    return _SECURE_NAME if _over_https() else _PLAIN_NAME
