"""Changes of mailbox and erasures on their way; the rows tell when, and nothing of whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.kernel.database import Base, RowId, UtcDateTime


class MailboxChange(Base):
    """A supporter's wish to be written to elsewhere; made true once both mailboxes agree.

    `new_sealed` is under the supporter's own key.  `state` is `asked`, `done` or `ended`.
    """

    __tablename__ = "mailbox_change"
    __table_args__ = (CheckConstraint("state IN ('asked', 'done', 'ended')", name="state"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    supporter_id: Mapped[int] = mapped_column(ForeignKey("supporter.id"), index=True)
    new_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(10), default="asked")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    old_agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    new_agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Erasure(Base):
    """A supporter's wish to be forgotten: when it was asked, and when it was done.

    `by` is `supporter` or `office`.
    """

    __tablename__ = "erasure"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    supporter_id: Mapped[int] = mapped_column(ForeignKey("supporter.id"), unique=True)
    by: Mapped[str] = mapped_column(String(10))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
