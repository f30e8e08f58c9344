"""Staff accounts and their sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from donations.kernel.database import Base, RowId, UtcDateTime


class StaffMember(Base):
    """An account: argon2 password, sealed TOTP secret, one role.

    `totp_step` is the last accepted 30-second step, so that a code works once; `failures` and
    `locked_until` slow down guessing.
    """

    __tablename__ = "staff_member"
    __table_args__ = (
        CheckConstraint(
            "role IN ('finance', 'accountant', 'support', 'editor', 'admin')", name="role"
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    totp_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    totp_step: Mapped[int] = mapped_column(RowId, default=0)
    role: Mapped[str] = mapped_column(String(10))
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StaffSession(Base):
    """A signed-in browser, known by the digest of its token, ended by time or by hand."""

    __tablename__ = "staff_session"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    member: Mapped[StaffMember] = relationship()
