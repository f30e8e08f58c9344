"""Newsletter subscriptions with the proof of consent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from donations.kernel.database import Base, RowId, UtcDateTime


class Subscription(Base):
    """A reader's subscription: pending until confirmed from the mailbox itself.

    `consent` is the sentence agreed to and `asked_at` when; no address of the network is kept.
    `mails_asked` counts confirmation mails, so that nobody's mailbox is flooded through us.
    `placement` says where it was asked for.
    """

    __tablename__ = "newsletter_subscription"
    __table_args__ = (
        UniqueConstraint("newsletter", "email_index"),
        CheckConstraint("state IN ('pending', 'confirmed', 'unsubscribed')", name="state"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    newsletter: Mapped[str] = mapped_column(String(40))
    data_key_id: Mapped[int] = mapped_column(ForeignKey("data_key.id"), unique=True)
    email_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    email_index: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    language: Mapped[str] = mapped_column(String(8))
    consent: Mapped[str] = mapped_column(Text)
    placement: Mapped[str] = mapped_column(String(30), server_default="")
    state: Mapped[str] = mapped_column(String(14), default="pending")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    mails_asked: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unsubscribed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AudienceMember(Base):
    """What a mailing service has been told of a subscription.

    `wanted` is where the subscription should stand there (`in` or `out`), `told` where it was last
    told to; `remote_sealed` is the service's own id of it, by which it can be taken out after the
    address was destroyed here.
    """

    __tablename__ = "audience_member"
    __table_args__ = (
        UniqueConstraint("subscription_id", "service"),
        CheckConstraint("wanted IN ('in', 'out')", name="wanted"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("newsletter_subscription.id"))
    service: Mapped[str] = mapped_column(String(20))
    wanted: Mapped[str] = mapped_column(String(3))
    told: Mapped[str] = mapped_column(String(3), default="out")
    remote_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
