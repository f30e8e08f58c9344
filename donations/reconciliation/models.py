"""Bank lines and what they match, and differences somebody must see to."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from donations.kernel.database import Base, RowId, UtcDateTime
from donations.kernel.money import Money


class BankStatement(Base):
    """One file from the bank; the same file twice is one row.

    `account` is the end of the account's number, enough to tell two accounts apart.
    """

    __tablename__ = "bank_statement"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    format: Mapped[str] = mapped_column(String(10))
    account: Mapped[str] = mapped_column(String(10))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    imported_by: Mapped[str] = mapped_column(String(80))
    lines: Mapped[list[BankLine]] = relationship(back_populates="statement")


class BankLine(Base):
    """One line of a statement: money in is positive.

    `key` tells it from every other line of the account, so that statements may overlap.  The text
    may name a reader who sent money, so it is sealed; `reference` is kept in plain words only when
    it is a payout's trace id or number of ours.
    """

    __tablename__ = "bank_line"
    __table_args__ = (Index("ix_bank_line_amount", "currency", "amount_minor"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("bank_statement.id"), index=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    booked_on: Mapped[date] = mapped_column(Date, index=True)
    amount_minor: Mapped[int] = mapped_column(RowId)
    currency: Mapped[str] = mapped_column(String(3))
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    reference: Mapped[str | None] = mapped_column(String(80), index=True)
    dismissed_by: Mapped[str | None] = mapped_column(String(80))
    dismissed_why: Mapped[str | None] = mapped_column(String(200))
    statement: Mapped[BankStatement] = relationship(back_populates="lines")
    matches: Mapped[list[BankMatch]] = relationship(back_populates="line")

    @property
    def amount(self) -> Money:
        """What came in, or went out."""
        return Money(self.amount_minor, self.currency)


class BankMatch(Base):
    """A bank line is the arrival of a payout, or of a batch of offline gifts.

    `by` is a rule (`trace`, `amount_and_date`) or the login of whoever matched by hand.  `source`
    is the entry that moved the money to the bank.  A match undone keeps its row.
    """

    __tablename__ = "bank_match"
    __table_args__ = (
        CheckConstraint("(payout_id IS NULL) <> (batch_id IS NULL)", name="one_target"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("bank_line.id"), index=True)
    payout_id: Mapped[int | None] = mapped_column(ForeignKey("payout.id"), index=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("offline_batch.id"), index=True)
    amount_minor: Mapped[int] = mapped_column(RowId)
    source: Mapped[str] = mapped_column(String(80), unique=True)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_by: Mapped[str | None] = mapped_column(String(80))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    line: Mapped[BankLine] = relationship(back_populates="matches")


class Discrepancy(Base):
    """Something the books and the world do not agree on, until it clears or somebody explains it.

    `key` names it, so that finding it again is finding it once; `subject` is what it is about (a
    movement, a payout, a gift or membership of ours, a currency), never a person.
    """

    __tablename__ = "discrepancy"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    subject: Mapped[str] = mapped_column(String(80))
    amount_minor: Mapped[int | None] = mapped_column(RowId)
    currency: Mapped[str | None] = mapped_column(String(3))
    detail: Mapped[str | None] = mapped_column(String(200))
    posted_on: Mapped[date] = mapped_column(Date, index=True)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cleared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    explained_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    explained_by: Mapped[str | None] = mapped_column(String(80))
    explanation: Mapped[str | None] = mapped_column(String(500))
