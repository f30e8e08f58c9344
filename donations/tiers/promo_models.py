"""Promos: memberships that begin at a lower amount, for a number of payments known beforehand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.kernel.cadence import Frequency
from donations.kernel.database import Base, RowId, UtcDateTime
from donations.kernel.money import Money


class Promo(Base):
    """The first `payments` at one amount, every later one at a higher; minor units.

    What it promises never changes once it was open.  Whoever takes it has the tier `tier_id` from
    the first payment on, or without one the tier of what they pay.  It can be taken from `from_at`
    until `until_at`, `most_uses` times (None: any number).  `state` moves by
    `tiers.states.PROMO_MOVES`.
    """

    __tablename__ = "promo"
    __table_args__ = (
        CheckConstraint("frequency IN ('monthly', 'annual')", name="frequency"),
        CheckConstraint("first_amount_minor > 0", name="positive"),
        CheckConstraint("then_amount_minor > first_amount_minor", name="rises"),
        CheckConstraint("payments BETWEEN 1 AND 12", name="payments"),
        CheckConstraint("until_at IS NULL OR until_at > from_at", name="lasts"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    code: Mapped[str] = mapped_column(String(30), unique=True)
    frequency: Mapped[str] = mapped_column(String(10))
    currency: Mapped[str] = mapped_column(String(3))
    first_amount_minor: Mapped[int] = mapped_column(RowId)
    payments: Mapped[int] = mapped_column()
    then_amount_minor: Mapped[int] = mapped_column(RowId)
    tier_id: Mapped[int | None] = mapped_column(ForeignKey("tier.id"))
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    most_uses: Mapped[int | None] = mapped_column()
    state: Mapped[str] = mapped_column(String(10), default="draft")
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def first(self) -> Money:
        """What each of the first payments is."""
        return Money(self.first_amount_minor, self.currency)

    @property
    def then(self) -> Money:
        """What each later payment is."""
        return Money(self.then_amount_minor, self.currency)

    @property
    def rhythm(self) -> Frequency:
        """How often it is paid."""
        return Frequency(self.frequency)
