"""The token every form of the account carries, made from the session's own.

Whoever knows it was shown a page by this session; from it the session's token cannot be told, and a
new session has another.  So nothing is stored and no further cookie is needed.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from flask import request

from donations.web.account.visitor import visitor_token

TOKEN_FIELD: Final = "csrf_token"  # noqa: S105 - the field's name, not a token
_PURPOSE: Final = b"donations account form v1"


def form_token() -> str:
    """The token for a form about to be shown; empty for a visitor who is not signed in."""
    token = visitor_token()
    if token is None:
        return ""
    return hmac.new(token.encode(), _PURPOSE, hashlib.sha256).hexdigest()


def token_is_ours() -> bool:
    """Whether this POST carries the token of a form this session was shown."""
    wanted, given = form_token(), request.form.get(TOKEN_FIELD, "")
    return bool(wanted) and hmac.compare_digest(wanted.encode(), given.encode())
