"""Where a supporter was going when they had to sign in: only ever a page of the account."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from donations.supporters.account_models import LONGEST_PATH
from donations.web.account.blueprint import account_path

_OURS: Final = re.compile(r"(?:/[a-z]{2})?/account(?:/(?!sign-)[a-z0-9/_-]*)?(?:\?[!-~]*)?")


def own_path(wanted: str) -> str:
    """`wanted` if it is the address of a page of the account without a host; else nothing."""
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or len(wanted) > LONGEST_PATH or "//" in parts.path:
        return ""
    return wanted if _OURS.fullmatch(wanted) else ""


def way_back(wanted: str) -> str:
    """Where to go after signing in: where they wanted to, or the overview."""
    return own_path(wanted) or account_path()
