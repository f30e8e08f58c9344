"""Addresses callers give to the portal: where readers go when they leave it."""

from __future__ import annotations

from urllib.parse import urlsplit

from donations.sandbox.refusals import Refusal


def check_url(given: str | None, param: str) -> None:
    """Raise `Refusal` (`url_invalid`) for anything but an address with http or https."""
    if not given:
        return
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refusal("Not a valid URL", code="url_invalid", param=param)
