"""What accountants decide about giving: funds, and what a membership's benefits are worth."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from donations.giving.models import Amounted
from donations.kernel.database import Base, RowId, UtcDateTime


class Fund(Base):
    """A purpose money can be given for; what is restricted may be spent on nothing else."""

    __tablename__ = "fund"

    code: Mapped[str] = mapped_column(String(30), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    restricted: Mapped[bool] = mapped_column()
    opened_on: Mapped[date] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date)


class Benefit(Amounted, Base):
    """What the benefits of one membership payment are worth, from a day on, as finance decided.

    The latest day that is not after a payment counts; an amount of 0 means none from then on.
    """

    __tablename__ = "benefit"
    __table_args__ = (
        CheckConstraint("frequency IN ('monthly', 'annual')", name="frequency"),
        CheckConstraint("amount_minor >= 0", name="not_negative"),
        UniqueConstraint("frequency", "currency", "from_on"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    frequency: Mapped[str] = mapped_column(String(10))
    from_on: Mapped[date] = mapped_column(Date)
    set_by: Mapped[str] = mapped_column(String(80))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
