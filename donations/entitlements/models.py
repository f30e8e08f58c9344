"""Entitlements: one row for each reason somebody has a tier's benefits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from donations.kernel.database import Base, RowId, UtcDateTime
from donations.tiers.models import Tier


class Entitlement(Base):
    """A tier's benefits for a supporter, from a moment until another (None: until it is ended).

    `origin` and `origin_id` name the row it came from: a membership, a gift membership, a comp or a
    seat; one row gives one entitlement to a tier at a time.  `state` moves by
    `entitlements.states.MOVES`.
    """

    __tablename__ = "entitlement"
    __table_args__ = (
        CheckConstraint("origin IN ('membership', 'gift', 'comp', 'seat')", name="origin"),
        UniqueConstraint("origin", "origin_id", "number"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    tier_id: Mapped[int] = mapped_column(ForeignKey("tier.id"), index=True)
    supporter_id: Mapped[int | None] = mapped_column(ForeignKey("supporter.id"), index=True)
    origin: Mapped[str] = mapped_column(String(12))
    origin_id: Mapped[int] = mapped_column(RowId)
    number: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(10), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_because: Mapped[str] = mapped_column(String(40), server_default="")
    tier: Mapped[Tier] = relationship()
