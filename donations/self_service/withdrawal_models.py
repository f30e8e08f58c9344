"""Memberships ended without signing in, tries to find one, and why memberships were ended."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from donations.kernel.database import Base, RowId, UtcDateTime


class Withdrawal(Base):
    """A declaration by which a contract was ended at `/cancel`, kept as its proof."""

    __tablename__ = "withdrawal"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    receipt_number: Mapped[int] = mapped_column(RowId)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class WithdrawalTry(Base):
    """How often an address was tried on a day; the address is a blind index."""

    __tablename__ = "withdrawal_try"
    __table_args__ = (UniqueConstraint("email_index", "day"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    email_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    day: Mapped[date] = mapped_column(Date, index=True)
    tries: Mapped[int] = mapped_column(default=0)


class EndingReason(Base):
    """Why a membership was ended, if its supporter said so: one of a few words, no free text."""

    __tablename__ = "ending_reason"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), unique=True)
    reason: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
