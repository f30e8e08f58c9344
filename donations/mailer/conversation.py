"""One session with a mail server, and the letters handed over in it.

Where the server offers it the sender, the recipient and DATA go out together (RFC 2920): with one
recipient there is nothing more to decide between them.  Until the final dot nothing can have been
taken; whatever breaks after it leaves the end unknown.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from smtplib import SMTP, SMTPException, SMTPResponseException
from typing import TYPE_CHECKING, Final

from donations.mailer.refusals import EndUnknown, ServerAway, about_letter, about_sender

if TYPE_CHECKING:
    from collections.abc import Sequence

    from donations.kernel.errors import DonationsError
    from donations.mailer.wire import PrintedLetter

_GO_ON: Final = 354
_DONE: Final = range(200, 300)
_ANSWERS: Final = range(200, 600)
_REFUSALS: Final = range(400, 600)
_CLOSING: Final = 421
_DOT: Final = b".\r\n"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one letter may take, in seconds; together less than a letter is in hand.

    `step` for each answer, `begin` until the letter itself must be on its way, and `end` for the
    answer after it, while a server may still be reading it for spam.
    """

    step: float = 10
    begin: float = 40
    end: float = 40


class Conversation:
    """An open session, greeted and, where asked for, encrypted and logged in."""

    def __init__(self, connection: SMTP, patience: Patience) -> None:
        self.letters = 0
        self.used_at = time.monotonic()
        self._connection = connection
        self._patience = patience
        self._together = connection.has_extn("pipelining")

    def hand_over(self, letter: PrintedLetter, *, since: float) -> None:
        """Give the letter, begun at `since` by the monotonic clock; no error tells who it was for.

        Raises `MailRefused`, `DomainWaits`, `ServerAway` or `EndUnknown`; after the last two the
        session is over, and after `ServerAway` nothing was taken.
        """
        try:
            refusal = self._offer(letter, since)
        except (OSError, SMTPException) as error:
            message = f"the mail server broke off ({type(error).__name__})"
            raise self._over(ServerAway(message)) from None
        self.used_at = time.monotonic()
        refusal = refusal or self._give(letter.data)
        self.letters += 1
        self.used_at = time.monotonic()
        if isinstance(refusal, ServerAway):
            raise self._over(refusal)
        if refusal is not None:
            raise refusal

    def is_alive(self) -> bool:
        """Whether the server still answers."""
        try:
            return self._connection.rset()[0] in _DONE
        except (OSError, SMTPException):
            return False

    def goodbye(self) -> None:
        """End the session; what was taken is taken, whatever the server says to this."""
        try:
            with suppress(OSError):  # smtplib's own errors are among these
                self._limit(1)
                self._connection.quit()
        finally:
            self._connection.close()

    def hang_up(self) -> None:
        """End the session without a word."""
        self._connection.close()

    def _offer(self, letter: PrintedLetter, since: float) -> DonationsError | None:
        """Name sender and recipient and ask to begin; what stood against it."""
        self._limit(self._patience.step)
        commands = (f"MAIL FROM:<{letter.sender}>", f"RCPT TO:<{letter.to}>", "DATA")
        replies = self._ask_together(commands) if self._together else self._ask_in_turn(commands)
        refusal = _refusal(replies)
        if refusal is None and time.monotonic() - since > self._patience.begin:
            return ServerAway("the mail server took too long")  # hanging up ends an empty DATA
        if refusal is not None and not isinstance(refusal, ServerAway):
            self._begin_anew(in_data=replies[-1][0] == _GO_ON)
        return refusal

    def _ask_in_turn(self, commands: Sequence[str]) -> list[tuple[int, bytes]]:
        replies = []
        for command in commands:
            replies.append(_answer(*self._connection.docmd(command)))
            if replies[-1][0] not in _DONE:
                break
        return replies

    def _ask_together(self, commands: Sequence[str]) -> list[tuple[int, bytes]]:
        self._connection.send("".join(f"{command}\r\n" for command in commands))
        replies: list[tuple[int, bytes]] = []
        while len(replies) < len(commands):
            try:
                replies.append(_answer(*self._connection.getreply()))
            except (OSError, SMTPException):
                if _refusal(replies) is None:
                    raise
                break  # it refused and hung up
            if replies[-1][0] == _CLOSING:
                break
        return replies

    def _begin_anew(self, *, in_data: bool) -> None:
        """Leave a letter that was refused, so that the session can carry the next.

        A DATA that was let through all the same has no recipient, so its end delivers nothing.
        """
        try:
            if in_data:
                self._connection.send(_DOT)
                self._connection.getreply()
            else:
                self._connection.rset()
        except (OSError, SMTPException):
            self.hang_up()  # the refusal stands; the next letter finds the session gone

    def _give(self, data: bytes) -> DonationsError | None:
        """Send the letter and its dot, and read the answer; what stood against it."""
        stuffed = data.replace(b"\r\n.", b"\r\n..")  # RFC 5321, 4.5.2
        try:
            self._limit(self._patience.end)
            self._connection.send(stuffed + _DOT)
            code, answer = self._connection.getreply()
        except (OSError, SMTPException) as error:
            message = f"the mail server did not say how it ended ({type(error).__name__})"
            raise self._over(EndUnknown(message)) from None
        if code in _DONE:
            return None
        if code not in _REFUSALS:
            raise self._over(EndUnknown("the mail server did not say how it ended"))
        return about_letter(code, answer, recipient=False)

    def _limit(self, seconds: float) -> None:
        if self._connection.sock is not None:
            self._connection.sock.settimeout(seconds)

    def _over(self, error: DonationsError) -> DonationsError:
        self.hang_up()
        return error


def _answer(code: int, text: bytes) -> tuple[int, bytes]:
    """An answer, if it is one at all."""
    if code not in _ANSWERS:
        raise SMTPResponseException(code, "not an answer")
    return code, text


def _refusal(replies: Sequence[tuple[int, bytes]]) -> DonationsError | None:
    """The first answer that is no consent, as an error."""
    for step, (code, answer) in enumerate(replies):
        if step == 0 and code not in _DONE:
            return about_sender(code)
        if step == 1 and code not in _DONE:
            return about_letter(code, answer, recipient=True)
        if step == 2 and code != _GO_ON:  # noqa: PLR2004 - MAIL, RCPT, DATA
            return about_letter(code, answer, recipient=False)
    return None
