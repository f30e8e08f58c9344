"""Data keys: one per person, wrapped; to destroy one is to forget the person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from donations.kernel.database import Base, RowId, UtcDateTime


class DataKey(Base):
    """A wrapped AES-256 key; null once destroyed, and what it sealed is gone with it."""

    __tablename__ = "data_key"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    wrapped: Mapped[bytes | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    destroyed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
