"""Links to the reader's pages, as a letter carries them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from donations.kernel.newsroom import Newsroom


def reader_link(base_url: str, newsroom: Newsroom, language: str, path: str, **query: str) -> str:
    """The whole address of the page at `path` (as in "/support") in a language.

    A language the newsroom no longer speaks becomes its default one.
    """
    spoken = newsroom.languages
    prefix = f"/{language}" if language in spoken[1:] else ""
    tail = f"?{urlencode(query)}" if query else ""
    return f"{base_url}{prefix}{path}{tail}"
