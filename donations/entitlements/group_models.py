"""Groups: a membership that pays for several people, and the seats they have in it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from donations.giving.models import Membership
from donations.kernel.database import Base, RowId, UtcDateTime
from donations.tiers.models import Tier


class MembershipGroup(Base):
    """A membership with seats, its holder's own among them.

    `seats` is how many the holder wants, `price_minor` what each costs per payment of `frequency`
    in minor units of `currency`.  Both count from the next payment after `changed_at`; until then
    `seats_before` and `price_before_minor` hold.  `ended_at` is when its membership was over.
    """

    __tablename__ = "membership_group"
    __table_args__ = (
        CheckConstraint("seats BETWEEN 1 AND 50 AND seats_before BETWEEN 1 AND 50", name="seats"),
        CheckConstraint("price_minor > 0 AND price_before_minor > 0", name="positive"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), unique=True)
    tier_id: Mapped[int] = mapped_column(ForeignKey("tier.id"), index=True)
    seats: Mapped[int] = mapped_column()
    seats_before: Mapped[int] = mapped_column()
    frequency: Mapped[str] = mapped_column(String(10))
    currency: Mapped[str] = mapped_column(String(3))
    price_minor: Mapped[int] = mapped_column(RowId)
    price_before_minor: Mapped[int] = mapped_column(RowId)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    membership: Mapped[Membership] = relationship()
    tier: Mapped[Tier] = relationship()


class GroupSeat(Base):
    """A seat of a group for somebody beside its holder.

    `state` moves by `entitlements.group_states.SEAT_MOVES`.  The address the holder typed is sealed
    and kept while the seat lives, so that the holder can tell the seats apart; the link is sealed
    until it is used.  Of the link a digest stays.
    """

    __tablename__ = "group_seat"
    __table_args__ = (
        CheckConstraint(
            "state IN ('invited', 'taken', 'released', 'ended', 'withdrawn', 'expired')",
            name="state",
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("membership_group.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), index=True)
    language: Mapped[str] = mapped_column(String(8))
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    token_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    supporter_id: Mapped[int | None] = mapped_column(ForeignKey("supporter.id"), index=True)
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    group: Mapped[MembershipGroup] = relationship()
