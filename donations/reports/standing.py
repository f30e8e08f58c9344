"""How the books stand: what the last audit left open, when they were last swept and audited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.inbox.models import Sweep
from donations.jobs.models import Heartbeat
from donations.reconciliation.discrepancies import Kind, open_counts
from donations.reconciliation.drift import AUDIT

if TYPE_CHECKING:
    from collections import Counter
    from datetime import datetime

    from sqlalchemy.orm import Session

LATE: Final = timedelta(hours=26)
"""A night's work that is older than this did not happen."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Open exceptions by kind; ages are None for what was never done."""

    exceptions: Counter[str]
    audited_ago: timedelta | None
    swept_ago: timedelta | None
    mended: int

    @property
    def open(self) -> int:
        """How many exceptions nobody has explained."""
        return self.exceptions.total()

    @property
    def broken(self) -> int:
        """How many invariants did not hold."""
        return self.exceptions[Kind.INVARIANT_BROKEN.value]

    @property
    def audit_is_late(self) -> bool:
        """Whether the nightly audit did not happen."""
        return self.audited_ago is None or self.audited_ago > LATE

    @property
    def sweep_is_late(self) -> bool:
        """Whether the nightly sweep did not happen."""
        return self.swept_ago is None or self.swept_ago > LATE


def standing(session: Session, now: datetime) -> Standing:
    """How the books stand at `now`."""
    audited = session.scalar(select(Heartbeat.beat_at).where(Heartbeat.name == AUDIT))
    swept = session.scalar(select(Sweep).order_by(Sweep.id.desc()).limit(1))
    return Standing(
        exceptions=open_counts(session),
        audited_ago=None if audited is None else max(now - audited, timedelta()),
        swept_ago=None if swept is None else max(now - swept.ended_at, timedelta()),
        mended=0 if swept is None else len(swept.mended),
    )
