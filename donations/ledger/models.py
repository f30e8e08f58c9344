"""Entries and their postings.  They hold no identity: a gift is named by its public reference.

Rows are only ever inserted: triggers made by the migrations refuse UPDATE and DELETE.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from donations.kernel.database import Base, RowId, UtcDateTime


class Entry(Base):
    """One movement of money, booked once for its `source` (a Stripe balance transaction's id).

    `occurred_at` is when Stripe moved it; `charged_*` is what the reader saw, which differs from
    the settlement currency of the postings when Stripe converted it at `exchange_rate`.
    """

    __tablename__ = "ledger_entry"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    source: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    frequency: Mapped[str | None] = mapped_column(String(10))
    gift_reference: Mapped[str | None] = mapped_column(String(20), index=True)
    charged_minor: Mapped[int] = mapped_column(RowId)
    charged_currency: Mapped[str] = mapped_column(String(3))
    exchange_rate: Mapped[str | None] = mapped_column(String(30))
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    available_on: Mapped[datetime | None] = mapped_column(UtcDateTime)
    booked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    postings: Mapped[list[Posting]] = relationship(back_populates="entry")


class Posting(Base):
    """One line of an entry: debits are positive, credits negative, and an entry sums to zero."""

    __tablename__ = "ledger_posting"
    __table_args__ = (
        CheckConstraint("amount_minor <> 0", name="moves"),
        Index("ix_ledger_posting_account", "account", "currency"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"), index=True)
    account: Mapped[str] = mapped_column(String(30))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(RowId)
    entry: Mapped[Entry] = relationship(back_populates="postings")
