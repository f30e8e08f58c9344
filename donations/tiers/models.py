"""Tiers: their words, their prices, and what the accountant decided about them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from donations.kernel.database import Base, RowId, UtcDateTime
from donations.kernel.money import Money

_REGULAR = "frequency IN ('monthly', 'annual')"


class Tier(Base):
    """A named level of support.  `state` moves by `tiers.states.TIER_MOVES`.

    `position` orders them, the smallest first.  `changes` counts what was ever changed of it, its
    words and prices included, so that a page made from it is known to be out of date.
    """

    __tablename__ = "tier"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    code: Mapped[str] = mapped_column(String(30), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    position: Mapped[int] = mapped_column(default=0)
    changes: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    words: Mapped[list[TierWords]] = relationship(order_by="TierWords.language")
    prices: Mapped[list[TierPrice]] = relationship(
        order_by="TierPrice.currency, TierPrice.frequency"
    )


class TierWords(Base):
    """A tier in one language; `benefits` are lines, one benefit each."""

    __tablename__ = "tier_words"
    __table_args__ = (UniqueConstraint("tier_id", "language"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    tier_id: Mapped[int] = mapped_column(ForeignKey("tier.id"), index=True)
    language: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(80))
    line: Mapped[str] = mapped_column(String(200), server_default="")
    benefits: Mapped[str] = mapped_column(Text, server_default="")


class TierPrice(Base):
    """What a tier costs at least, per payment, in minor units."""

    __tablename__ = "tier_price"
    __table_args__ = (
        CheckConstraint(_REGULAR, name="frequency"),
        CheckConstraint("amount_minor > 0", name="positive"),
        UniqueConstraint("tier_id", "frequency", "currency"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    tier_id: Mapped[int] = mapped_column(ForeignKey("tier.id"), index=True)
    frequency: Mapped[str] = mapped_column(String(10))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(RowId)

    @property
    def amount(self) -> Money:
        """The price as money."""
        return Money(self.amount_minor, self.currency)


class TierWorth(Base):
    """What finance decided of a tier's payments, from a day on that was then still to come.

    `kind` is `gift`, of which the benefits' fair-market value `amount_minor` is no donation, or
    `membership`, a sale of the whole period.
    """

    __tablename__ = "tier_worth"
    __table_args__ = (
        CheckConstraint(_REGULAR, name="frequency"),
        CheckConstraint("kind IN ('gift', 'membership')", name="kind"),
        CheckConstraint("amount_minor >= 0", name="not_negative"),
        UniqueConstraint("tier_id", "frequency", "currency", "from_on"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    tier_id: Mapped[int] = mapped_column(ForeignKey("tier.id"), index=True)
    frequency: Mapped[str] = mapped_column(String(10))
    currency: Mapped[str] = mapped_column(String(3))
    kind: Mapped[str] = mapped_column(String(10))
    amount_minor: Mapped[int] = mapped_column(RowId)
    from_on: Mapped[date] = mapped_column(Date)
    set_by: Mapped[str] = mapped_column(String(80))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def value(self) -> Money:
        """What the benefits are worth."""
        return Money(self.amount_minor, self.currency)
