"""Which mail server takes our letters: MAIL_URL, read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

from donations.kernel.errors import MisconfiguredError

_PORTS: Final = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over, and as whom."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, mail_url: str) -> MailServer:
        """Read `smtp://`, `smtps://` or `smtp+starttls://` with `user:password@host:port`.

        Raises `MisconfiguredError`, also for a password that would cross a network in the clear.
        """
        try:
            parts = urlsplit(mail_url)
            port = parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError:
            raise MisconfiguredError(_SHAPE) from None
        if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/"):
            raise MisconfiguredError(_SHAPE)
        server = cls(
            parts.scheme,
            parts.hostname,
            port,
            unquote(parts.username or ""),
            unquote(parts.password or ""),
        )
        if server.user and server.scheme == "smtp" and server.host not in _LOOPBACK:
            message = "MAIL_URL would send a password in the clear: use smtps or smtp+starttls."
            raise MisconfiguredError(message)
        return server


_SHAPE: Final = "MAIL_URL must be like smtp+starttls://user:password@mail.example.org:587"
