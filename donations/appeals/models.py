"""The newsroom's own words, versioned: publishing again makes a new version, never an edit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from donations.kernel.database import Base, RowId, UtcDateTime


class Edition(Base):
    """All the words of the newsroom's pages in one language, as published at one moment.

    `content` is the parsed newsroom file: appeal, article, read_more, newsletters.
    """

    __tablename__ = "edition"
    __table_args__ = (UniqueConstraint("version", "language"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    version: Mapped[int] = mapped_column(index=True)
    language: Mapped[str] = mapped_column(String(8))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
