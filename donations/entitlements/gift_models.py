"""Gift memberships: a year of a tier, bought by one person and redeemed by another."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from donations.giving.models import Checkout
from donations.kernel.database import Base, RowId, UtcDateTime
from donations.tiers.models import Tier


class GiftMembership(Base):
    """A year of a tier, bound to the checkout that pays for it.

    `state` moves by `entitlements.gift_states.GIFT_MOVES`.  `language` is the recipient's,
    `send_on` a day where the newsroom is, None when the buyer hands the link over.  What the buyer
    told us of the recipient, and the link, are sealed and destroyed once they have served
    (`gift_words`); of the link a digest stays.  `ended_at` is when it was over: ended, expired or
    refunded; `membership_id` the membership it was converted to.
    """

    __tablename__ = "gift_membership"
    __table_args__ = (
        CheckConstraint(
            "state IN ('ordered', 'paid', 'sent', 'redeemed', 'ended', 'converted', 'expired',"
            " 'refunded')",
            name="state",
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    tier_id: Mapped[int] = mapped_column(ForeignKey("tier.id"), index=True)
    checkout_id: Mapped[int] = mapped_column(ForeignKey("checkout.id"), unique=True)
    state: Mapped[str] = mapped_column(String(10), index=True)
    language: Mapped[str] = mapped_column(String(8))
    send_on: Mapped[date | None] = mapped_column(Date)
    recipient_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    message_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    token_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    ordered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    redeem_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    redeemed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    redeemed_by_id: Mapped[int | None] = mapped_column(ForeignKey("supporter.id"), index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    converted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"), index=True)
    tier: Mapped[Tier] = relationship()
    checkout: Mapped[Checkout] = relationship()
