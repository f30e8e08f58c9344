"""What a handler of an event works with, and what may come of the work."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from donations.kernel.database import begin_write

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.stripe_gateway.gateway import Gateway
    from donations.vault.keys import MasterKey


class Outcome(StrEnum):
    """What came of an event."""

    APPLIED = "applied"
    NOT_OURS = "not_ours"
    UNKNOWN_TYPE = "unknown_type"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts a handler needs.  `now` is also the moment before which Stripe was not asked.

    `guarded` are the countries of cards that are not kept, as ISO 3166 codes.
    """

    session: Session
    gateway: Gateway
    master: MasterKey
    now: datetime
    guarded: frozenset[str] = field(default=frozenset())

    def write(self) -> Session:
        """Open the write transaction; all asking of Stripe is done by then."""
        return begin_write(self.session)
