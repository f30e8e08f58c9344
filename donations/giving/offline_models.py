"""Gifts that came as paper or by the bank: batches, and their items before they close."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from donations.kernel.database import Base, RowId, UtcDateTime


class OfflineBatch(Base):
    """Cheques, cash or transfers counted together: what was expected, and then what was found.

    It closes only when its gifts are as many, and sum to as much, as expected; closing books them.
    """

    __tablename__ = "offline_batch"
    __table_args__ = (
        CheckConstraint("method IN ('cheque', 'bank_transfer', 'cash')", name="method"),
        CheckConstraint("expected_count > 0 AND expected_minor > 0", name="expected"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    method: Mapped[str] = mapped_column(String(30))
    currency: Mapped[str] = mapped_column(String(3))
    expected_count: Mapped[int] = mapped_column()
    expected_minor: Mapped[int] = mapped_column(RowId)
    deposit_slip: Mapped[str | None] = mapped_column(String(60))
    banked_on: Mapped[date] = mapped_column(Date)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by: Mapped[str] = mapped_column(String(80))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str | None] = mapped_column(String(80))
    items: Mapped[list[OfflineItem]] = relationship(
        back_populates="batch", order_by="OfflineItem.id"
    )


class OfflineItem(Base):
    """One gift of a batch before it closes; who gave is sealed under the operational key."""

    __tablename__ = "offline_item"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="positive"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("offline_batch.id"), index=True)
    amount_minor: Mapped[int] = mapped_column(RowId)
    fund: Mapped[str] = mapped_column(String(30), server_default="")
    reference: Mapped[str | None] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(8))
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    gift_id: Mapped[int | None] = mapped_column(ForeignKey("gift.id"), unique=True)
    batch: Mapped[OfflineBatch] = relationship(back_populates="items")
