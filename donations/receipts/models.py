"""Papers as they were issued, declarations of Gift Aid, and what was claimed under them.

What names a person is sealed; the key is named beside it, since a gift may come to belong to
another supporter's account later.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from donations.kernel.database import Base, RowId, UtcDateTime


class ReceiptDocument(Base):
    """One version of a receipt's paper, frozen: everything it says, and its digest, are sealed.

    Without a `data_key_id` it names nobody and is sealed under the operational key.  `state` is
    `issued`, `reduced` (a part went back) or `void`; `back_minor` what had gone back by then.
    `template` is the version of the template that sets it, `issued_at` the moment printed into it.
    """

    __tablename__ = "receipt_document"
    __table_args__ = (
        CheckConstraint("state IN ('issued', 'reduced', 'void')", name="state"),
        UniqueConstraint("receipt_number", "version"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    receipt_number: Mapped[int] = mapped_column(ForeignKey("receipt.number"))
    version: Mapped[int] = mapped_column()
    data_key_id: Mapped[int | None] = mapped_column(ForeignKey("data_key.id"))
    paper_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    template: Mapped[int] = mapped_column()
    state: Mapped[str] = mapped_column(String(10))
    back_minor: Mapped[int] = mapped_column(RowId)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReceiptName(Base):
    """Whether a supporter wishes their name on receipts; without a row the regime decides."""

    __tablename__ = "receipt_name"

    supporter_id: Mapped[int] = mapped_column(
        ForeignKey("supporter.id"), primary_key=True, autoincrement=False
    )
    named: Mapped[bool] = mapped_column()


class GiftAidDeclaration(Base):
    """A supporter's word that they pay UK tax; it counts from `covers_from` until it is revoked.

    `person_sealed` holds name and home address, `wording` the very sentence agreed to.
    """

    __tablename__ = "gift_aid_declaration"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    supporter_id: Mapped[int] = mapped_column(ForeignKey("supporter.id"), index=True)
    data_key_id: Mapped[int] = mapped_column(ForeignKey("data_key.id"))
    person_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    wording_version: Mapped[str] = mapped_column(String(20))
    wording: Mapped[str] = mapped_column(Text)
    covers_from: Mapped[datetime] = mapped_column(UtcDateTime)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class GiftAidClaim(Base):
    """A schedule that was made for HMRC: for which days, when, and by which login."""

    __tablename__ = "gift_aid_claim"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(String(80))


class GiftAidClaimed(Base):
    """A gift in a schedule; the key is the gift, so that none is ever claimed twice."""

    __tablename__ = "gift_aid_claimed"

    gift_id: Mapped[int] = mapped_column(
        ForeignKey("gift.id"), primary_key=True, autoincrement=False
    )
    claim_id: Mapped[int] = mapped_column(ForeignKey("gift_aid_claim.id"), index=True)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("gift_aid_declaration.id"))
    amount_minor: Mapped[int] = mapped_column(RowId)
