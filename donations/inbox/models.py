"""Stripe's events as hints: which object to ask about.  Their bodies are never kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.kernel.database import Base, RowId, UtcDateTime


class StripeEvent(Base):
    """One event, stored once.  Its attempts and last error are those of the job `job_key`.

    `outcome` says what came of it: `applied`, `not_ours`, `unknown_type`, `gone`; empty until done.
    """

    __tablename__ = "stripe_event"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    event_id: Mapped[str] = mapped_column(String(80), unique=True)
    type: Mapped[str] = mapped_column(String(80), index=True)
    object_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    outcome: Mapped[str | None] = mapped_column(String(20))
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def job_key(self) -> str:
        """The key of the outbox job that applies this event."""
        return job_key(self.event_id)


def job_key(event_id: str) -> str:
    """The key of the outbox job that applies the event `event_id`."""
    return f"stripe_event:{event_id}"


class Sweep(Base):
    """One walk over Stripe's movements: from where to where, how many, and what it mended.

    `mended` lists `[movement, kind]`; `failed` counts movements that will be tried again by the
    next walk, which begins before the first of them.
    """

    __tablename__ = "sweep"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    reached: Mapped[datetime] = mapped_column(UtcDateTime)
    seen: Mapped[int] = mapped_column()
    failed: Mapped[int] = mapped_column()
    mended: Mapped[list[list[str]]] = mapped_column(JSON)
