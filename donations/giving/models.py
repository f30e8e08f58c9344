"""The rows of giving.  Stripe's ids are sealed; what must be found again has a blind index."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from donations.giving.offline_models import OfflineBatch
from donations.kernel.cadence import Frequency
from donations.kernel.database import Base, RowId, UtcDateTime
from donations.kernel.money import Money
from donations.supporters.models import Supporter
from donations.tiers import models as _tier_tables  # noqa: F401 - what `tier_id` refers to

_FREQUENCIES = "frequency IN ('once', 'monthly', 'annual')"


class Amounted:
    """An amount of money in the reader's own currency, in minor units."""

    amount_minor: Mapped[int] = mapped_column(RowId)
    currency: Mapped[str] = mapped_column(String(3))

    @property
    def amount(self) -> Money:
        """The amount as money."""
        return Money(self.amount_minor, self.currency)


class Checkout(Amounted, Base):
    """A reader's intention to give, committed before Stripe hears of it.

    `attempt_key` is the digest of the reader's attempt and the order, so that the same click twice
    is one row; `round` counts the Stripe sessions opened for it, each under its own idempotency
    key.  `state` moves by `giving.states.CHECKOUT_MOVES`.  `reminder` is the public name of the
    reminder whose letter led here; `recovery_consent` the sentence by which the reader let us write
    about a gift they do not finish, empty if they did not; `promo` the code of the promo they took.
    """

    __tablename__ = "checkout"
    __table_args__ = (
        CheckConstraint(_FREQUENCIES, name="frequency"),
        CheckConstraint("amount_minor > 0", name="positive"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    attempt_key: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    frequency: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(8))
    placement: Mapped[str] = mapped_column(String(30))
    fund: Mapped[str] = mapped_column(String(30), server_default="")
    reminder: Mapped[str] = mapped_column(String(20), server_default="")
    recovery_consent: Mapped[str] = mapped_column(Text, server_default="")
    promo: Mapped[str] = mapped_column(String(30), server_default="")
    state: Mapped[str] = mapped_column(String(10), default="open", index=True)
    round: Mapped[int] = mapped_column(default=1)
    session_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    url_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    synced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Membership(Amounted, Base):
    """A promise to give again, kept by a Stripe subscription.

    `synced_at` is when the state shown was asked of Stripe: an older answer never overwrites it.
    `tier_id` is the tier its amount reaches, settled when it began or last changed
    (`giving.levels`).
    """

    __tablename__ = "membership"
    __table_args__ = (CheckConstraint(_FREQUENCIES, name="frequency"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    supporter_id: Mapped[int | None] = mapped_column(ForeignKey("supporter.id"), index=True)
    checkout_id: Mapped[int] = mapped_column(ForeignKey("checkout.id"), index=True)
    tier_id: Mapped[int | None] = mapped_column(ForeignKey("tier.id"))
    subscription_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    subscription_index: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    frequency: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(12), index=True)
    renews_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_with_period: Mapped[bool] = mapped_column(default=False)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resumes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str | None] = mapped_column(String(40))
    last_failure_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_failure_code: Mapped[str | None] = mapped_column(String(60))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    synced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    supporter: Mapped[Supporter | None] = relationship()


class Gift(Amounted, Base):
    """One payment that reached the newsroom: a one-time gift or one period of a membership.

    A gift through Stripe has a checkout and a payment; an offline one has a batch.  `tier_id` is
    the tier this payment was for: what it entitles to and is worth never changes afterwards.
    """

    __tablename__ = "gift"
    __table_args__ = (
        CheckConstraint(_FREQUENCIES, name="frequency"),
        CheckConstraint("amount_minor > 0", name="positive"),
        CheckConstraint("(payment_index IS NULL) = (batch_id IS NOT NULL)", name="one_way_in"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    supporter_id: Mapped[int | None] = mapped_column(ForeignKey("supporter.id"), index=True)
    checkout_id: Mapped[int | None] = mapped_column(ForeignKey("checkout.id"), index=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("offline_batch.id"), index=True)
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"), index=True)
    tier_id: Mapped[int | None] = mapped_column(ForeignKey("tier.id"))
    frequency: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(8))
    method: Mapped[str] = mapped_column(String(30))
    fund: Mapped[str] = mapped_column(String(30), server_default="")
    payment_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    payment_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    booked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    supporter: Mapped[Supporter | None] = relationship()
    batch: Mapped[OfflineBatch | None] = relationship()
    receipt: Mapped[Receipt | None] = relationship(back_populates="gift")
    refunds: Mapped[list[Refund]] = relationship(back_populates="gift")
    disputes: Mapped[list[Dispute]] = relationship(back_populates="gift")

    @property
    def rhythm(self) -> Frequency:
        """How often this gift is given."""
        return Frequency(self.frequency)


class Receipt(Base):
    """A gapless number for a gift, issued in the transaction that records the gift."""

    __tablename__ = "receipt"

    number: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    gift_id: Mapped[int] = mapped_column(ForeignKey("gift.id"), unique=True)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    gift: Mapped[Gift] = relationship(back_populates="receipt")


class Counter(Base):
    """A number that is counted up inside the transaction that uses it, so it leaves no gap."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int] = mapped_column(RowId)


class Refund(Amounted, Base):
    """Money on its way back to a reader; `state` is Stripe's word for it.

    `moved` is whether the books have an entry of it.
    """

    __tablename__ = "refund"
    __table_args__ = (
        Index(
            "ix_refund_not_moved",
            "created_at",
            sqlite_where=text("moved = 0"),
            postgresql_where=text("NOT moved"),
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    gift_id: Mapped[int] = mapped_column(ForeignKey("gift.id"), index=True)
    refund_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    refund_index: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    state: Mapped[str] = mapped_column(String(20))
    moved: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    synced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    gift: Mapped[Gift] = relationship(back_populates="refunds")


class Dispute(Amounted, Base):
    """A reader's bank asking for the money back; `state` and `reason` are Stripe's words.

    `moved` is whether the books have an entry of it.
    """

    __tablename__ = "dispute"
    __table_args__ = (
        Index(
            "ix_dispute_not_moved",
            "created_at",
            sqlite_where=text("moved = 0"),
            postgresql_where=text("NOT moved"),
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    gift_id: Mapped[int] = mapped_column(ForeignKey("gift.id"), index=True)
    dispute_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    dispute_index: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    state: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(String(60))
    answer_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    moved: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    synced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    gift: Mapped[Gift] = relationship(back_populates="disputes")
