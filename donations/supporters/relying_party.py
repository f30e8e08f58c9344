"""Whom a passkey is for, as its authenticator is told: this host, by a name that says little."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

_LOCAL = "localhost"


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """`host` is what passkeys are bound to, `origin` where their pages are, `name` what is shown.

    The name is kept by the reader's phone: a neutral one tells less to whoever looks at it.
    """

    host: str
    origin: str
    name: str

    @classmethod
    def of(cls, base_url: str, name: str) -> Self | None:
        """The party of a site; None where browsers know no passkeys.

        They ask for HTTPS, or localhost, and for a host by its name (w3.org/TR/webauthn-3,
        sections 5.1.3 and 5.1.4: secure contexts, and a valid domain as the effective domain).
        """
        parts = urlsplit(base_url)
        host = parts.hostname or ""
        if not host or _is_number(host) or (parts.scheme != "https" and host != _LOCAL):
            return None
        return cls(host, f"{parts.scheme}://{parts.netloc}", name)


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
