"""The way out: one SMTP server, named by MAIL_URL."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import unquote, urlsplit

from donations.kernel.errors import DonationsError, MisconfiguredError, TryAgainLater

if TYPE_CHECKING:
    from email.message import EmailMessage

TIMEOUT_SECONDS: Final = 10
_PORTS: Final = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_GREETING: Final = (
    "[127.0.0.1]"  # said in EHLO; the library's default would tell the machine's name
)
_PERMANENT: Final = range(500, 600)


class MailRefused(DonationsError):
    """The mail server will never take this letter (a 5xx answer)."""


class Transport(Protocol):
    """Takes a finished letter to where it is delivered."""

    def send(self, letter: EmailMessage) -> None:
        """Hand the letter over.  Raises `TryAgainLater` or `MailRefused`."""
        ...


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


class SmtpTransport:
    """Hands letters to one SMTP server, a connection for each."""

    def __init__(self, mail_url: str) -> None:
        self._server = MailServer.parse(mail_url)

    def send(self, letter: EmailMessage) -> None:
        """Hand the letter over; no error tells who it was for.

        Raises `MailRefused` for a permanent refusal and `TryAgainLater` for anything else, wrong
        credentials included, since those the operator can put right.
        """
        try:
            with closing(self._connect()) as connection:
                connection.send_message(letter)
                _say_goodbye(connection)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise _refusal(max(codes, default=0)) from None
        except smtplib.SMTPAuthenticationError as error:
            message = f"the mail server refused our credentials ({error.smtp_code})"
            raise TryAgainLater(message) from None
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code) from None
        except (OSError, smtplib.SMTPException) as error:
            message = f"the mail server cannot be reached ({type(error).__name__})"
            raise TryAgainLater(message) from None

    def _connect(self) -> smtplib.SMTP:
        server, secure = self._server, ssl.create_default_context()
        if server.scheme == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, _GREETING, timeout=TIMEOUT_SECONDS, context=secure
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, _GREETING, timeout=TIMEOUT_SECONDS)
        try:
            if server.scheme == "smtp+starttls":
                connection.starttls(context=secure)
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection


def _say_goodbye(connection: smtplib.SMTP) -> None:
    """End the session; the letter was taken already, so no answer now may have it sent again."""
    with suppress(OSError):  # smtplib's own errors are among these
        connection.quit()


def _refusal(code: int) -> DonationsError:
    if code in _PERMANENT:
        return MailRefused(f"the mail server refused the letter ({code})")
    return TryAgainLater(f"the mail server asked to wait ({code})")
