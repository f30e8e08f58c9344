"""The mailing service the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from donations.kernel.errors import MisconfiguredError
from donations.newsletters.audiences import listmonk, mailchimp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from donations.newsletters.audiences.audience import Audience

SERVICES: Final = (mailchimp.SERVICE, listmonk.SERVICE)
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def configured(service: str, url: str, key: str, lists: Mapping[str, str]) -> Audience | None:
    """The service; None when none is named.  Raises `MisconfiguredError`."""
    if not service:
        return None
    if service not in SERVICES:
        message = f"NEWSLETTER_SERVICE must be one of {', '.join(SERVICES)}, or empty"
        raise MisconfiguredError(message)
    if not key or not lists:
        message = f"{service} needs NEWSLETTER_SERVICE_KEY and NEWSLETTER_LISTS"
        raise MisconfiguredError(message)
    base_url = _checked(url)
    if service == mailchimp.SERVICE:
        return mailchimp.Mailchimp(key, lists, base_url)
    return listmonk.Listmonk(base_url, key, lists)


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.netloc or parts.query):
        message = "NEWSLETTER_SERVICE_URL must be a whole address"
        raise MisconfiguredError(message)
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        message = "NEWSLETTER_SERVICE_URL would send addresses and the key in the clear: use https"
        raise MisconfiguredError(message)
    return url.rstrip("/")
