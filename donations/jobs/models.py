"""The outbox and the heartbeats."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from donations.kernel.database import Base, RowId, UtcDateTime


class Job(Base):
    """One promised piece of work.

    `key` makes it unique: promising the same work twice is promising it once.  `arguments` carry
    row ids and never a personal word.  A claimed job has `lease` (a token) and its `run_at` pushed
    ahead by the lease's length; whoever still holds the token when finishing may commit.
    `announced_at` is when a carrier (Celery) was last told of it.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state IN ('ready', 'done', 'dead')", name="state"),
        Index("ix_job_due", "state", "kind", "run_at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10), default="ready")
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(32))
    announced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class JobPause(Base):
    """A kind of work that waits until somebody lets it go on."""

    __tablename__ = "job_pause"

    kind: Mapped[str] = mapped_column(String(60), primary_key=True)
    paused_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paused_by: Mapped[str] = mapped_column(String(80))


class Heartbeat(Base):
    """When a recurring thing last lived, so that silence can be noticed."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    beat_at: Mapped[datetime] = mapped_column(UtcDateTime)
