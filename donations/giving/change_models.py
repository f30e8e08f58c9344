"""What became of memberships over time; rows are only added."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from donations.giving.models import Amounted
from donations.kernel.database import Base, RowId, UtcDateTime


class MembershipChange(Amounted, Base):
    """A membership as it was from `at` on, until its next change; `number` counts them.

    `monthly_minor` is what it brings a month from then on, `before_minor` what it brought until
    then, both in `currency`: nothing while it is not paid, paused or ended.  So the `before_minor`
    of a change is the `monthly_minor` of the one before.  `reason` is Stripe's word for an end, or
    `currency` for the two changes that carry a membership from one currency to another.
    """

    __tablename__ = "membership_change"
    __table_args__ = (
        CheckConstraint("monthly_minor >= 0 AND before_minor >= 0", name="not_negative"),
        UniqueConstraint("membership_id", "number"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    number: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    state: Mapped[str] = mapped_column(String(12))
    frequency: Mapped[str] = mapped_column(String(10))
    before_minor: Mapped[int] = mapped_column(RowId)
    monthly_minor: Mapped[int] = mapped_column(RowId)
    reason: Mapped[str | None] = mapped_column(String(40))
