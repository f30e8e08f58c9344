"""What a mailing service can be asked to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Reader:
    """One confirmed subscription, as a service is told of it.

    `reference` is our own name for it; `choices_url` leads to the reader's own choices, so that the
    service's letters can carry the link.
    """

    reference: str
    newsletter: str
    email: str = field(repr=False)
    language: str
    choices_url: str = field(repr=False)
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where a subscription stands at a service: enough to take it out without its address.

    `remote` is the service's own id of the reader, None where it never told one.
    """

    reference: str
    newsletter: str
    remote: str | None = field(repr=False)


class Audience(Protocol):
    """A service that sends newsletters.

    Every verb may be repeated and raises `TryAgainLater` for what passes by itself or the operator
    can put right, and `GivenUp` for what the service will never take.
    """

    @property
    def service(self) -> str:
        """The service's name, as the settings and the rows have it."""
        ...

    @property
    def newsletters(self) -> frozenset[str]:
        """The slugs of the newsletters that have a list there."""
        ...

    def foreseen(self, email: str) -> str | None:
        """The id the service will have for an address, if that is known before asking."""
        ...

    def put(self, reader: Reader, remote: str | None) -> str | None:
        """Have the reader get the newsletter; the service's id of them (`remote` if known)."""
        ...

    def take_out(self, place: Place) -> None:
        """Have the newsletter go there no more."""
        ...

    def left(self, newsletter: str, since: datetime | None) -> Iterator[str]:
        """The addresses that left the newsletter at the service, since a moment or ever."""
        ...
