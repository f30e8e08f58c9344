"""Supporters and their Stripe customers, every identity sealed under the supporter's own key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, text, true
from sqlalchemy.orm import Mapped, mapped_column

from donations.kernel.database import Base, RowId, UtcDateTime


class Supporter(Base):
    """A person who gave.  `public_id` names them in the office, in logs and in exports.

    Who is `anonymous` is named in nothing that is published.  `wishes` is what they said of letters
    they may refuse, by kind (`supporters.wishes`); of a kind that is not in it they said nothing.
    """

    __tablename__ = "supporter"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    data_key_id: Mapped[int] = mapped_column(ForeignKey("data_key.id"), unique=True)
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(String(8))
    anonymous: Mapped[bool] = mapped_column(default=True, server_default=true())
    wishes: Mapped[dict[str, bool]] = mapped_column(JSON, default=dict, server_default=text("'{}'"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    forgotten_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StripeCustomer(Base):
    """A customer at Stripe that is this supporter; each checkout may have made another."""

    __tablename__ = "stripe_customer"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    supporter_id: Mapped[int] = mapped_column(ForeignKey("supporter.id"), index=True)
    customer_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    customer_index: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
