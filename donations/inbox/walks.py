"""A walk over Stripe's movements: where it begins, how far it has come, what it met; as one row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Self

from sqlalchemy import func, select

from donations.giving.models import Checkout
from donations.inbox.models import Sweep
from donations.kernel.database import begin_write
from donations.ledger.models import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

OVERLAP: Final = timedelta(days=2)


@dataclass(slots=True)
class Walk:
    """A walk in hand.

    `at` is how far it has come; `held` is the moment of the first movement that failed, before
    which the next walk begins; `followed` is the last payout asked about at its end.
    """

    since: datetime
    at: datetime
    held: datetime | None = None
    followed: str = ""
    seen: int = 0
    tried: int = 0
    failed: int = 0
    mended: list[list[str]] = field(default_factory=list)

    @classmethod
    def new(cls, since: datetime) -> Self:
        """A walk from a moment on."""
        return cls(since=since, at=since)

    @classmethod
    def resumed(cls, left: Mapping[str, Any]) -> Self:
        """What `left` was of a walk; its counts begin anew."""
        held = left.get("held")
        return cls(
            since=datetime.fromisoformat(left["since"]),
            at=datetime.fromisoformat(left["at"]),
            held=None if held is None else datetime.fromisoformat(held),
            followed=left["followed"],
        )

    def left(self) -> dict[str, str | None]:
        """What `resumed` goes on from."""
        return {
            "since": self.since.isoformat(),
            "at": self.at.isoformat(),
            "held": None if self.held is None else self.held.isoformat(),
            "followed": self.followed,
        }

    def fail(self, moment: datetime) -> None:
        """Count a failure; the next walk begins before the first."""
        self.failed += 1
        self.held = moment if self.held is None else min(self.held, moment)

    def begin(self, session: Session, now: datetime) -> int:
        """Write down that it begins; the id of its row.  Commits."""
        row = Sweep(began_at=now, since=self.at, mended=[])
        self._put(row, now)
        begin_write(session).add(row)
        session.flush()
        row_id = row.id
        session.commit()
        return row_id

    def note(self, session: Session, row_id: int, now: datetime) -> Sweep:
        """Write down how far it has come; the transaction is left open."""
        row = begin_write(session).get_one(Sweep, row_id)
        self._put(row, now)
        session.flush()
        return row

    def _put(self, row: Sweep, now: datetime) -> None:
        row.ended_at = now
        row.reached = self.at if self.held is None else min(self.held, self.at)
        row.seen, row.failed, row.mended = self.seen, self.failed, list(self.mended)


def beginning(session: Session, now: datetime) -> datetime:
    """Where the next walk begins: two days before the last one's end.

    The very first begins before anything of ours can have moved.
    """
    reached = session.scalar(select(Sweep.reached).order_by(Sweep.id.desc()).limit(1))
    if reached is None:
        first = (func.min(Checkout.created_at), func.min(Entry.occurred_at))
        known = [moment for each in first if (moment := session.scalar(select(each))) is not None]
        reached = min([now, *known])
    return reached - OVERLAP
