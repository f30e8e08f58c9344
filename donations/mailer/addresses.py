"""An e-mail address as a person types it, checked before anything is promised to it.

What is taken is RFC 5321's dot-atom mailbox at a domain with at least one dot.  Local parts outside
ASCII need SMTPUTF8 (RFC 6531), which many mail servers still lack, so they are refused with a
reason of their own.  A domain outside ASCII is written as IDNA (RFC 3490); the letters that the
older and the newer IDNA read differently are refused rather than guessed.
"""

from __future__ import annotations

import re
from typing import Final

from donations.kernel.errors import ReaderError

LONGEST: Final = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
_LONGEST_LOCAL: Final = 64
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN: Final = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}")
_TOP_LEVEL: Final = re.compile(r".*\.(?:[A-Za-z]{2,63}|xn--[A-Za-z0-9-]+)")
_AMBIGUOUS: Final = "ßς\u200c\u200d"


class BadAddress(ReaderError):
    """An address that cannot be written to.

    `reason` is one of `empty`, `too_long`, `control`, `space`, `at_sign`, `local_part`,
    `foreign_local_part`, `domain`.  The address itself is never part of the message.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def checked_address(typed: str) -> str:
    """The address a person typed, trimmed, its domain in ASCII.  Raises `BadAddress`."""
    if any(ord(character) < ord(" ") or character == "\x7f" for character in typed.strip(" \t")):
        raise BadAddress("control")
    text = typed.strip()
    if not text:
        raise BadAddress("empty")
    if len(text) > LONGEST:
        raise BadAddress("too_long")
    if any(character.isspace() for character in text):
        raise BadAddress("space")
    if text.count("@") != 1:
        raise BadAddress("at_sign")
    local, domain = text.split("@")
    address = f"{_checked_local(local)}@{_checked_domain(domain)}"
    if len(address) > LONGEST:
        raise BadAddress("too_long")
    return address


def _checked_local(local: str) -> str:
    if not local.isascii():
        raise BadAddress("foreign_local_part")
    if len(local) > _LONGEST_LOCAL or not _LOCAL.fullmatch(local):
        raise BadAddress("local_part")
    return local


def _checked_domain(domain: str) -> str:
    if any(character in _AMBIGUOUS for character in domain):
        raise BadAddress("domain")
    try:
        ascii_form = domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise BadAddress("domain") from error
    if not _DOMAIN.fullmatch(ascii_form) or not _TOP_LEVEL.fullmatch(ascii_form):
        raise BadAddress("domain")
    return ascii_form
