"""What was posted: enough to never post it twice, nothing of what it said or to whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from donations.kernel.database import Base, RowId, UtcDateTime


class Letter(Base):
    """One letter, keyed by its cause; `sending_at` alone is a try whose end is unknown."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    template: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(8))
    sending_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
