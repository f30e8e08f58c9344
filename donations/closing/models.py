"""Closed months."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.kernel.database import Base, RowId, UtcDateTime


class ClosedMonth(Base):
    """A month that was closed: by whom, with which latest entry, and what its pack must hash to.

    `facts` freezes what the pack says beyond the ledger itself, as canonical JSON.
    """

    __tablename__ = "closed_month"

    month: Mapped[date] = mapped_column(Date, primary_key=True)
    closed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_by: Mapped[str] = mapped_column(String(80))
    last_number: Mapped[int] = mapped_column(RowId)
    facts: Mapped[bytes] = mapped_column(LargeBinary)
    pack_sha256: Mapped[str] = mapped_column(String(64))


class PackPart(Base):
    """A part of the pack of a closed month, kept for download; the parts in order are the file."""

    __tablename__ = "pack_part"

    month: Mapped[date] = mapped_column(ForeignKey("closed_month.month"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)
