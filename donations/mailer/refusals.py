"""What a mail server's "no" means, and whom it is about: the letter, the domain, or the server.

A server's own words may repeat the address, so no error here carries them; only the code.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from donations.kernel.errors import GivenUp, TryAgainLater
from donations.mailer.returns.returned import Kind
from donations.mailer.returns.statuses import kind_of

if TYPE_CHECKING:
    from donations.kernel.errors import DonationsError

_PERMANENT: Final = range(500, 600)
_CLOSING: Final = 421  # RFC 5321, 3.8: may come at any step, and the connection is over
# Answers about us rather than the letter: RFC 4954 (no or wrong credentials), RFC 3207.
_ABOUT_US: Final = frozenset({454, 530, 534, 535, 538})
_ENHANCED: Final = re.compile(r"^([245])\.\d{1,3}\.\d{1,3}\b")
_MAILBOX_BUSY: Final = re.compile(r"^4\.2\.\d")  # RFC 3463, 3.3: that mailbox alone
_NO_MAILBOX: Final = frozenset({550, 551, 553})
_SAYS_SO: Final = re.compile(
    r"\b(?:no such|unknown|nonexistent|non-existent)\s+(?:user|mailbox|recipient|address|local)"
    r"|\b(?:user|mailbox|recipient|address)\s+(?:is\s+)?(?:unknown|not found|invalid)"
    r"|\b(?:user|mailbox|recipient|address|account)\b.{0,40}\bdoes(?:n.t| not) exist",
    re.IGNORECASE,
)


class MailRefused(GivenUp):
    """The mail server will never take this letter (a 5xx answer).

    `gone`: because, it says, there is no such mailbox.
    """

    def __init__(self, message: str, *, gone: bool = False) -> None:
        super().__init__(message)
        self.gone = gone


class DomainWaits(TryAgainLater):
    """The server asks to wait (a 4xx answer to a letter); `mailbox_only`: with that mailbox."""

    def __init__(self, message: str, *, mailbox_only: bool = False) -> None:
        super().__init__(message)
        self.mailbox_only = mailbox_only


class ServerAway(TryAgainLater):
    """Our mail server takes nothing at all now: away, slow, unsafe, or it refuses us."""


class EndUnknown(TryAgainLater):
    """The letter went out whole and no answer came: the server may have taken it."""


def about_sender(code: int) -> DonationsError:
    """The server would not hear of our sender: for the operator, since it is the same for all."""
    return ServerAway(f"the mail server refused our sender ({code})")


def about_letter(code: int, answer: bytes, *, recipient: bool) -> DonationsError:
    """What an answer that is no consent means; `recipient`: it came when we named the reader."""
    text = answer.decode("ascii", "replace")
    if code == _CLOSING or code in _ABOUT_US:
        return ServerAway(f"the mail server asked to wait ({code})")
    if code in _PERMANENT:
        gone = recipient and says_gone(code, text)
        reason = "there is no such mailbox" if gone else "the mail server refused the letter"
        return MailRefused(f"{reason} ({code})", gone=gone)
    return DomainWaits(
        f"the mail server asked to wait ({code})", mailbox_only=bool(_MAILBOX_BUSY.match(text))
    )


def says_gone(code: int, text: str) -> bool:
    """Whether a 5xx answer to a recipient says that there is no such mailbox.

    Many servers refuse for reasons of their own with the same code, so a server that gives no
    enhanced status (RFC 3463) must say it in words.
    """
    if _ENHANCED.match(text):
        return kind_of("", f"{code} {text}") is Kind.BOUNCED
    return code in _NO_MAILBOX and _SAYS_SO.search(text) is not None
