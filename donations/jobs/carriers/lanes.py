"""The two queues a broker has: what people wait for, and what goes out in bulk."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from donations.kernel.errors import DonationsError

if TYPE_CHECKING:
    from collections.abc import Sequence


class Lane(StrEnum):
    """A queue with workers of its own, so that no flood in one holds up the other."""

    PROMPT = "donations.prompt"
    BULK = "donations.bulk"


class BrokerAway(DonationsError):
    """The broker does not answer; jobs wait in the database and nothing is lost."""


class Carrier(Protocol):
    """Brings ids of jobs to whoever runs them.  It may lose or double them."""

    def waiting(self, lane: Lane) -> int:
        """How many messages lie in `lane`.  Raises `BrokerAway`."""
        ...

    def announce(self, lane: Lane, groups: Sequence[Sequence[int]]) -> None:
        """Put one message for each group of ids into `lane`.  Raises `BrokerAway`."""
        ...
