"""Payouts and their lines.  Their ids name no reader, so they stand in plain words."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from donations.kernel.database import Base, RowId, UtcDateTime
from donations.kernel.money import Money


class Payout(Base):
    """Money Stripe sent to the bank; `state` is Stripe's word, minor units of its currency.

    `movement` is the balance transaction that took it from the balance, `return_movement` the one
    that brought it back when it failed or was called back.  Stripe tells the lines of automatic
    payouts only; `lines_at` is when all of them were listed.
    """

    __tablename__ = "payout"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    stripe_id: Mapped[str] = mapped_column(String(80), unique=True)
    amount_minor: Mapped[int] = mapped_column(RowId)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(20), index=True)
    automatic: Mapped[bool] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    arrives_on: Mapped[date] = mapped_column(Date, index=True)
    trace_id: Mapped[str | None] = mapped_column(String(80))
    failure_code: Mapped[str | None] = mapped_column(String(60))
    movement: Mapped[str | None] = mapped_column(String(80))
    return_movement: Mapped[str | None] = mapped_column(String(80), index=True)
    lines_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    synced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lines: Mapped[list[PayoutLine]] = relationship(
        back_populates="payout", order_by="PayoutLine.id"
    )

    @property
    def amount(self) -> Money:
        """What was sent."""
        return Money(self.amount_minor, self.currency)


class PayoutLine(Base):
    """One movement a payout is made of: `amount - fee` of every line sum to the payout.

    A movement is paid out once.  What a failed payout brought back is one line (`type` is Stripe's
    `payout_failure` or `payout_cancel`) of the payout that pays it again.
    """

    __tablename__ = "payout_line"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    payout_id: Mapped[int] = mapped_column(ForeignKey("payout.id"), index=True)
    movement: Mapped[str] = mapped_column(String(80), unique=True)
    type: Mapped[str] = mapped_column(String(50))
    amount_minor: Mapped[int] = mapped_column(RowId)
    fee_minor: Mapped[int] = mapped_column(RowId)
    fee_tax_minor: Mapped[int] = mapped_column(RowId)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    payout: Mapped[Payout] = relationship(back_populates="lines")

    @property
    def net_minor(self) -> int:
        """What the line adds to the payout."""
        return self.amount_minor - self.fee_minor


class PayoutTotal(Base):
    """The lines of one payout under one name: the kind they are booked as, or Stripe's type.

    `unbooked` is how many of the `lines` have no entry yet; minor units as the lines have them, and
    `exchange_minor` of it came of exchange rates.  `payouts.totals` rebuilds and checks it.
    """

    __tablename__ = "payout_total"

    payout_id: Mapped[int] = mapped_column(ForeignKey("payout.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    lines: Mapped[int] = mapped_column(RowId)
    unbooked: Mapped[int] = mapped_column(RowId)
    amount_minor: Mapped[int] = mapped_column(RowId)
    fee_minor: Mapped[int] = mapped_column(RowId)
    exchange_minor: Mapped[int] = mapped_column(RowId)
