"""The terms of memberships that began with a promo."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from donations.giving.models import Membership
from donations.kernel.database import Base, RowId, UtcDateTime
from donations.self_service.models import MembershipOrder
from donations.tiers.promo_models import Promo


class PromoTerm(Base):
    """How far a membership has come with its promo; one for each membership that took one.

    `payments_left` counts the lower payments still to come.  `told_at` is when the letter about the
    higher amount was promised, `told_of` the day of the payment it spoke of.  `state` moves by
    `self_service.promo_states.TERM_MOVES`; `order_id` is the wish by which Stripe is told of the
    higher amount, `ended_because` the word for why it was dropped.
    """

    __tablename__ = "promo_term"
    __table_args__ = (CheckConstraint("payments_left >= 0", name="not_negative"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), unique=True)
    promo_id: Mapped[int] = mapped_column(ForeignKey("promo.id"), index=True)
    payments_left: Mapped[int] = mapped_column()
    state: Mapped[str] = mapped_column(String(10), index=True, default="running")
    order_id: Mapped[int | None] = mapped_column(ForeignKey("membership_order.id"))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_of: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_because: Mapped[str] = mapped_column(String(20), server_default="")
    membership: Mapped[Membership] = relationship()
    promo: Mapped[Promo] = relationship()
    order: Mapped[MembershipOrder | None] = relationship()
