"""What members were told without having asked, and when the card on file expires."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from donations.giving.models import Membership
from donations.kernel.database import Base, RowId, UtcDateTime


class Notice(Base):
    """One letter a member is owed, once for what it is `about`: a bill's attempt, a day, a year.

    `kind` is a `dunning.kinds.Kind`; `reason` a `dunning.declines.Reason` or empty; `next_at` when
    money is taken or tried next.
    """

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("membership_id", "kind", "about"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    kind: Mapped[str] = mapped_column(String(30))
    about: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(20), server_default="")
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    membership: Mapped[Membership] = relationship()


class CardOnFile(Base):
    """The last day the card of a membership is good, as far as Stripe knew at `checked_at`.

    None where the payment method has no such day.  Nothing else is kept of a card.
    """

    __tablename__ = "card_on_file"

    membership_id: Mapped[int] = mapped_column(
        ForeignKey("membership.id"), primary_key=True, autoincrement=False
    )
    expires_on: Mapped[date | None]
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
