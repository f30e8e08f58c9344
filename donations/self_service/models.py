"""What was asked of a membership: by whom it came, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from donations.giving.models import Membership
from donations.kernel.database import Base, RowId, UtcDateTime


class MembershipOrder(Base):
    """One wish of a supporter, carried out at Stripe by a job.

    `arguments` are amounts in minor units, days and numbers, nothing personal.  It ends done, or
    dropped because of a word: `replaced`, `no_longer_possible`, or Stripe's own code.
    """

    __tablename__ = "membership_order"
    __table_args__ = (CheckConstraint("done_at IS NULL OR dropped_at IS NULL", name="one_end"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    action: Mapped[str] = mapped_column(String(12))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    via: Mapped[str] = mapped_column(String(12))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dropped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dropped_because: Mapped[str] = mapped_column(String(60), default="", server_default="")
    membership: Mapped[Membership] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether it is still to be carried out."""
        return self.done_at is None and self.dropped_at is None
