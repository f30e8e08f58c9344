"""The way out: one SMTP server, named by MAIL_URL, and the sessions kept open with it.

A session carries many letters and is shared out: while one thread hands a letter over in it,
another opens its own.  What was idle is asked whether it still lives, and what the server dropped
meanwhile is opened again within the same letter, since nothing was taken of it.
"""

from __future__ import annotations

import os
import smtplib
import ssl
import threading
import time
import weakref
from typing import TYPE_CHECKING, Final, Protocol

from donations.mailer.conversation import Conversation, Patience
from donations.mailer.mail_server import MailServer
from donations.mailer.refusals import DomainWaits, EndUnknown, MailRefused, ServerAway

if TYPE_CHECKING:
    from donations.mailer.wire import PrintedLetter

__all__ = ["DomainWaits", "EndUnknown", "MailRefused", "MailServer", "ServerAway"]
__all__ += ["SmtpTransport", "Transport"]

MOST_LETTERS: Final = 100
IDLE_SECONDS: Final = 30
_ASK_AFTER_SECONDS: Final = 5
_GREETING: Final = (
    "[127.0.0.1]"  # said in EHLO; the library's default would tell the machine's name
)


class Transport(Protocol):
    """Takes a finished letter to where it is delivered."""

    def send(self, letter: PrintedLetter) -> None:
        """Hand the letter over.  Raises `TryAgainLater` or `MailRefused`."""
        ...


class SmtpTransport:
    """Hands letters to one SMTP server."""

    def __init__(
        self,
        mail_url: str,
        *,
        patience: Patience | None = None,
        most_letters: int = MOST_LETTERS,
        idle_seconds: float = IDLE_SECONDS,
        ask_after_seconds: float = _ASK_AFTER_SECONDS,
    ) -> None:
        """A session ends after `most_letters`, or `idle_seconds` without one.

        After `ask_after_seconds` without a letter it is asked first whether it still lives.
        """
        self._server = MailServer.parse(mail_url)
        self._patience = patience or Patience()
        self._most_letters = most_letters
        self._idle_seconds = idle_seconds
        self._ask_after_seconds = ask_after_seconds
        self._secure = None if self._server.scheme == "smtp" else ssl.create_default_context()
        self._lock = threading.Lock()
        self._idle: list[Conversation] = []
        self._owner = os.getpid()
        weakref.finalize(self, _close, self._idle, self._owner)

    def send(self, letter: PrintedLetter) -> None:
        """Hand the letter over; no error tells who it was for.

        Raises `MailRefused` for a permanent refusal, `EndUnknown` when it may have been taken,
        `DomainWaits` when the server asks to wait with this letter, and `ServerAway` for anything
        else, wrong credentials included, since those the operator can put right.
        """
        since = time.monotonic()
        kept = self._take_idle()
        if kept is not None:
            try:
                self._hand_over(kept, letter, since)
            except ServerAway:
                since = time.monotonic()  # dropped while it was idle, as servers may
            else:
                return
        self._hand_over(self._open(), letter, since)

    def close(self) -> None:
        """End the sessions that are open and idle."""
        with self._lock:
            _close(self._idle)

    def _hand_over(self, conversation: Conversation, letter: PrintedLetter, since: float) -> None:
        try:
            conversation.hand_over(letter, since=since)
        except (ServerAway, EndUnknown):
            raise  # the session is over
        except (MailRefused, DomainWaits):
            self._keep(conversation)
            raise
        except BaseException:
            conversation.hang_up()
            raise
        self._keep(conversation)

    def _keep(self, conversation: Conversation) -> None:
        if conversation.letters >= self._most_letters:
            conversation.goodbye()
            return
        with self._lock:
            self._idle.append(conversation)

    def _take_idle(self) -> Conversation | None:
        """A session that is open and answers, if there is one; ends what was idle too long."""
        while (conversation := self._last_used()) is not None:
            idle = time.monotonic() - conversation.used_at
            if idle <= self._ask_after_seconds or conversation.is_alive():
                return conversation
            conversation.hang_up()
        return None

    def _last_used(self) -> Conversation | None:
        stale: list[Conversation] = []
        with self._lock:
            self._forget_another_process()
            oldest = time.monotonic() - self._idle_seconds
            while self._idle and self._idle[0].used_at < oldest:  # they stand in order of last use
                stale.append(self._idle.pop(0))
            found = self._idle.pop() if self._idle else None
        _close(stale)
        return found

    def _forget_another_process(self) -> None:
        """After a fork the sessions belong to the parent."""
        if self._owner != os.getpid():
            for conversation in self._idle:
                conversation.hang_up()
            self._idle.clear()
            self._owner = os.getpid()

    def _open(self) -> Conversation:
        try:
            return Conversation(self._connect(), self._patience)
        except smtplib.SMTPAuthenticationError as error:
            message = f"the mail server refused our credentials ({error.smtp_code})"
            raise ServerAway(message) from None
        except smtplib.SMTPResponseException as error:
            message = f"the mail server turned us away ({error.smtp_code})"
            raise ServerAway(message) from None
        except (OSError, smtplib.SMTPException) as error:
            message = f"the mail server cannot be reached ({type(error).__name__})"
            raise ServerAway(message) from None

    def _connect(self) -> smtplib.SMTP:
        server, limit = self._server, self._patience.step
        if server.scheme == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, _GREETING, timeout=limit, context=self._secure
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, _GREETING, timeout=limit)
        try:
            if server.scheme == "smtp+starttls":
                connection.starttls(context=self._secure)
            if server.user:
                connection.login(server.user, server.password)
            connection.ehlo_or_helo_if_needed()
        except BaseException:
            connection.close()
            raise
        return connection


def _close(idle: list[Conversation], owner: int | None = None) -> None:
    """End sessions politely, unless they are another process's."""
    while idle:
        conversation = idle.pop()
        if owner in {None, os.getpid()}:
            conversation.goodbye()
        else:
            conversation.hang_up()
