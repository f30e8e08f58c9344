"""A letter as it crosses the wire: its headers and its two parts, in ASCII lines ended by CRLF.

The standard library's `EmailMessage` would make the same in several milliseconds, which is most of
what a letter costs; here a quarter of one suffices.  Nothing that could break out of a header line
gets into one.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_LINE: Final = 998  # RFC 5322, 2.1.1
_PRINTABLE: Final = re.compile(r"[\x20-\x7e]+")


@dataclass(frozen=True, slots=True)
class PrintedLetter:
    """A finished letter and its envelope; `data` is everything between DATA and the dot."""

    sender: str
    to: str = field(repr=False)
    data: bytes = field(repr=False)


def letter_bytes(headers: Iterable[tuple[str, str]], *, text: str, html: str, mark: str) -> bytes:
    """The whole letter.  `mark` separates its parts: some hexadecimal digits.

    Headers are written as given; whatever is not plain text has been through `folded`.
    """
    boundary = f"=_{mark}"  # quoted-printable never writes these two characters
    lines = [header_line(name, value) for name, value in headers]
    lines += [
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
        "",
    ]
    head = "\r\n".join(lines).encode("ascii")
    parts = [
        f'\r\n--{boundary}\r\nContent-Type: text/{kind}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n".encode()
        + quoted_printable(written)
        for kind, written in (("plain", text), ("html", html))
    ]
    return head + b"".join(parts) + f"\r\n--{boundary}--\r\n".encode()


def quoted_printable(text: str) -> bytes:
    """`text` in quoted-printable (RFC 2045), ending as it ends, its lines ended by CRLF."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return binascii.b2a_qp(lines.encode()).replace(b"\n", b"\r\n")


def header_line(name: str, value: str) -> str:
    """One header.  Raises `ValueError` for anything that a line cannot hold as it is."""
    line = f"{name}: {value}"
    for part in line.split("\r\n "):  # where `folded` broke it
        if len(part) > _LONGEST_LINE or not _PRINTABLE.fullmatch(part):
            message = f"the header {name} cannot be written on a line"
            raise ValueError(message)
    return line


@lru_cache(maxsize=256)
def folded(name: str, text: str) -> str:
    """The value of the header `name` as words in lines, encoded where they are not ASCII."""
    scratch = EmailMessage(policy=SMTP)
    scratch[name] = text
    return _value(scratch, name)


@lru_cache(maxsize=8)
def mailbox(name: str, address: str) -> str:
    """A name and an address, as From has them."""
    scratch = EmailMessage(policy=SMTP)
    scratch["From"] = Address(name, addr_spec=address)
    return _value(scratch, "From")


def _value(scratch: EmailMessage, name: str) -> str:
    return scratch.policy.fold(name, scratch[name]).removeprefix(f"{name}: ").removesuffix("\r\n")
