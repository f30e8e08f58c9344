"""Comps: a tier given to somebody by staff, for a time that always ends."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from donations.kernel.database import Base, RowId, UtcDateTime
from donations.tiers.models import Tier


class Comp(Base):
    """A tier for somebody from a moment until another, and the reason staff gave.

    Until its mailbox is known to be a supporter's, the address is sealed under a key of its own and
    found by its blind index; from then on the supporter's own row says who it is, and the address
    here is gone.  It is gone as well once the comp is over.
    """

    __tablename__ = "comp"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="lasts"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    tier_id: Mapped[int] = mapped_column(ForeignKey("tier.id"))
    supporter_id: Mapped[int | None] = mapped_column(ForeignKey("supporter.id"), index=True)
    data_key_id: Mapped[int | None] = mapped_column(ForeignKey("data_key.id"))
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    reason: Mapped[str] = mapped_column(String(120))
    granted_by: Mapped[str] = mapped_column(String(80))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str] = mapped_column(String(80), server_default="")
    tier: Mapped[Tier] = relationship()
