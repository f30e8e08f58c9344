"""Refuses a POST another site made a reader's browser send, without cookie or token.

The reader's pages are cached and the same for everyone, so no token can stand in them.  Browsers
say where a request comes from in `Sec-Fetch-Site`; older ones at least send `Origin`.  A request
with neither is refused.  Source: OWASP's CSRF prevention cheat sheet on Fetch Metadata, and ASVS
5.0.0, 3.5.1 and 3.5.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from werkzeug.datastructures import Headers


def is_same_origin(headers: Headers, base_url: str) -> bool:
    """Whether the headers of a POST show that a page of ours sent it."""
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("Origin")
    if not origin:
        return False
    ours, theirs = urlsplit(base_url), urlsplit(origin)
    return (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc)
