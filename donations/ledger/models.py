"""Entries, their postings and the daily totals.  They hold no identity: a gift is its reference.

Entries and postings are only ever inserted: the database refuses to change or remove one, to end a
transaction in which an entry does not balance, to add to an entry whose number is counted, and to
add to a closed month.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from donations.kernel.database import Base, RowId, UtcDateTime

if TYPE_CHECKING:
    from sqlalchemy import Dialect

RETURNED: Final = (
    "kind IN ('refund', 'refund_failed', 'dispute', 'dispute_reversed', 'charge_failed',"
    " 'reversal')"
)
"""The entries an index of its own keeps at hand: money that went back, and corrections."""


class MonthText(TypeDecorator[str]):
    """A month as a text such as 2026-11; what is compared with a date is the month of the date."""

    impl = String(7)
    cache_ok = True

    def process_bind_param(self, value: date | str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy passes it
        """The month of a date, or the text itself."""
        return value.isoformat()[:7] if isinstance(value, date) else value


class Books(Base):
    """The one row that every booking holds while it writes, so that entries are numbered in order.

    `zone` is the zone of accounting dates, fixed with the first entry; nothing is booked on or
    before `closed_through`.
    """

    __tablename__ = "ledger_books"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    zone: Mapped[str] = mapped_column(String(60))
    closed_through: Mapped[date | None] = mapped_column(Date)
    last_number: Mapped[int] = mapped_column(RowId)


class Entry(Base):
    """One movement of money, booked once for its `source` (a Stripe balance transaction's id).

    `number` counts without gaps in the order of booking: what was known at some moment is every
    entry up to a number.  `occurred_at` is when the money moved; `posted_on` is the accounting
    date, the local day of it or, if that month was closed, the first day of the next open one.
    `charged_*` is what the reader saw, which differs from the settlement currency of the postings
    when Stripe converted it at `exchange_rate`.  `cohort` is the month (2026-11) in which the
    benefits of a membership payment begin to be owed.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        Index("ix_ledger_entry_occurred_at", "occurred_at", "available_on"),
        Index("ix_ledger_entry_kind", "kind", "posted_on"),
        Index(
            "ix_ledger_entry_returned",
            "posted_on",
            "number",
            sqlite_where=text(RETURNED),
            postgresql_where=text(RETURNED),
        ),
        Index(
            "ix_ledger_entry_exchanged",
            "posted_on",
            sqlite_where=text("exchange_rate IS NOT NULL"),
            postgresql_where=text("exchange_rate IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    number: Mapped[int] = mapped_column(RowId, unique=True)
    source: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    frequency: Mapped[str | None] = mapped_column(String(10))
    gift_reference: Mapped[str | None] = mapped_column(String(20), index=True)
    charged_minor: Mapped[int] = mapped_column(RowId)
    charged_currency: Mapped[str] = mapped_column(String(3))
    exchange_rate: Mapped[str | None] = mapped_column(String(30))
    campaign: Mapped[str | None] = mapped_column(String(30))
    method: Mapped[str | None] = mapped_column(String(30))
    card_country: Mapped[str | None] = mapped_column(String(2))
    cohort: Mapped[str | None] = mapped_column(String(7))
    memo: Mapped[str | None] = mapped_column(String(200))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    available_on: Mapped[datetime | None] = mapped_column(UtcDateTime)
    posted_on: Mapped[date] = mapped_column(Date, index=True)
    booked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    postings: Mapped[list[Posting]] = relationship(back_populates="entry", order_by="Posting.id")


class Posting(Base):
    """One line of an entry: debits are positive, credits negative, and an entry sums to zero.

    `fund` is a restricted fund's code, or empty.
    """

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
    fund: Mapped[str] = mapped_column(String(30), server_default="")
    entry: Mapped[Entry] = relationship(back_populates="postings")


class Unbalanced(Base):
    """What the postings of an entry do not sum to yet; the triggers keep it.

    A row refers to one that never exists, by a key that is checked when the transaction ends: so
    only an entry that balances, and has postings, can be kept, on every database.
    """

    __tablename__ = "ledger_unbalanced"

    entry_id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    minor: Mapped[int] = mapped_column(RowId)
    refused: Mapped[int] = mapped_column(
        ForeignKey("ledger_never.id", deferrable=True, initially="DEFERRED")
    )


class Never(Base):
    """No row of it can exist; see `Unbalanced`."""

    __tablename__ = "ledger_never"
    __table_args__ = (CheckConstraint("id <> id", name="empty"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)


class DayTotal(Base):
    """What the postings of one accounting date sum to, kept in the transaction that posts.

    Every dimension is a text, empty where it does not apply.  `minor` is the sum of the postings,
    `debit_minor` that of the positive ones, `entries` how many postings there are.  `ledger.days`
    rebuilds and checks it.
    """

    __tablename__ = "ledger_day"

    posted_on: Mapped[date] = mapped_column(Date, primary_key=True)
    account: Mapped[str] = mapped_column(String(30), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    frequency: Mapped[str] = mapped_column(String(10), primary_key=True)
    fund: Mapped[str] = mapped_column(String(30), primary_key=True)
    campaign: Mapped[str] = mapped_column(String(30), primary_key=True)
    cohort: Mapped[str] = mapped_column(String(7), primary_key=True)
    minor: Mapped[int] = mapped_column(RowId)
    debit_minor: Mapped[int] = mapped_column(RowId)
    entries: Mapped[int] = mapped_column(RowId)


class MonthTotal(Base):
    """The same of a whole month, so that years are read in a few thousand rows.

    `month` is a text such as 2026-11; the rest is as in `DayTotal`.
    """

    __tablename__ = "ledger_month"

    month: Mapped[str] = mapped_column(MonthText, primary_key=True)
    account: Mapped[str] = mapped_column(String(30), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    frequency: Mapped[str] = mapped_column(String(10), primary_key=True)
    fund: Mapped[str] = mapped_column(String(30), primary_key=True)
    campaign: Mapped[str] = mapped_column(String(30), primary_key=True)
    cohort: Mapped[str] = mapped_column(String(7), primary_key=True)
    minor: Mapped[int] = mapped_column(RowId)
    debit_minor: Mapped[int] = mapped_column(RowId)
    entries: Mapped[int] = mapped_column(RowId)


class ExchangeMonth(Base):
    """The entries of one month that Stripe converted, or that moved what exchange rates made.

    By what readers were charged in and what it settled in: the sums of both sides, settled before
    fees, and of the gain.  What an entry is counted with is told by `ledger.exchanges`.
    """

    __tablename__ = "ledger_exchange_month"

    month: Mapped[str] = mapped_column(MonthText, primary_key=True)
    charged_currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    entries: Mapped[int] = mapped_column(RowId)
    charged_minor: Mapped[int] = mapped_column(RowId)
    settled_minor: Mapped[int] = mapped_column(RowId)
    gain_minor: Mapped[int] = mapped_column(RowId)


class MethodMonth(Base):
    """The gifts of one month by way of paying and country of the card, and their fees.

    `volume_minor` and the fee parts are in the settlement currency, fees positive.
    """

    __tablename__ = "ledger_method_month"

    month: Mapped[str] = mapped_column(MonthText, primary_key=True)
    method: Mapped[str] = mapped_column(String(30), primary_key=True)
    card_country: Mapped[str] = mapped_column(String(2), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    gifts: Mapped[int] = mapped_column(RowId)
    volume_minor: Mapped[int] = mapped_column(RowId)
    fee_minor: Mapped[int] = mapped_column(RowId)
    tax_minor: Mapped[int] = mapped_column(RowId)
