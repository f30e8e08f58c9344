"""One letter that came back, whoever told it; and what a message of a mail service arrives as."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from donations.kernel.errors import DonationsError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kind(StrEnum):
    """What became of a letter.

    `BOUNCED`: the mailbox is not there and will not be.  `DELAYED`: it was not taken, which says
    nothing lasting about the mailbox.  `COMPLAINED`: its reader called it spam.
    """

    DELAYED = "delayed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


class NotVerified(DonationsError):
    """It was not the mail service that said so, or it said so too long ago."""


class NotReadable(DonationsError):
    """It was the mail service, but what it said has another shape than we know."""


@dataclass(frozen=True, slots=True)
class Return:
    """One letter that came back.

    `address` is "" where it was kept from us, `message_id` the left part of our Message-ID or "".
    """

    kind: Kind
    address: str = field(repr=False)
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request as it came in: the raw body, the headers by lower-case name, and the moment."""

    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    at: datetime

    def header(self, name: str) -> str:
        """A header's value; "" if there is none."""
        return self.headers.get(name.lower(), "")

    @property
    def password(self) -> str:
        """The password of `https://user:password@…`, which a browser or program sends as Basic."""
        scheme, _, coded = self.header("Authorization").partition(" ")
        if scheme.lower() != "basic":
            return ""
        try:
            text = base64.b64decode(coded, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return ""
        return text.partition(":")[2]


def read_object(body: bytes | str) -> dict[str, Any]:
    """A JSON object.  Raises `NotReadable`."""
    found = read_json(body)
    if not isinstance(found, dict):
        raise NotReadable("not an object")
    return found


def read_json(body: bytes | str) -> object:
    """Any JSON.  Raises `NotReadable`."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise NotReadable("not JSON") from None


def part(value: object, name: str) -> dict[str, Any]:
    """The object called `name` in `value`; an empty one if there is none."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def parts(value: object, name: str) -> list[dict[str, Any]]:
    """The objects in the list called `name` in `value`."""
    found = value.get(name) if isinstance(value, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def word(value: object, name: str) -> str:
    """The text called `name` in `value`; "" if there is none."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
