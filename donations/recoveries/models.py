"""What is owed to readers who did not finish a gift and agreed to hear of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.kernel.database import Base, RowId, UtcDateTime


class Recovery(Base):
    """At most two letters about one checkout, if it expires, with Stripe's page to finish it on.

    `url_sealed` is there once it has expired.  `due_at` is when the next letter is owed, None when
    none is; `sent` counts those that went out.  Nothing is owed after `forget_at`, and with what is
    owed the address and the page are destroyed.
    """

    __tablename__ = "recovery"
    __table_args__ = (
        CheckConstraint("state IN ('set', 'sent', 'cancelled', 'given')", name="state"),
        CheckConstraint("(state = 'set') = (due_at IS NOT NULL)", name="owed"),
        Index("ix_recovery_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    checkout_id: Mapped[int] = mapped_column(ForeignKey("checkout.id"), unique=True)
    data_key_id: Mapped[int] = mapped_column(ForeignKey("data_key.id"), unique=True)
    email_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    email_index: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    url_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(10), default="set")
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    forget_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
