"""Reminders: one per person and month, and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from donations.kernel.database import Base, RowId, UtcDateTime

MOST_LETTERS: Final = 2
"""How many letters a promise that is no series has at most."""

MOST_OF_A_SERIES: Final = 24
"""How many letters a series has at most; its reader may begin another from the last one."""


class Reminder(Base):
    """A promise to write on a day, once, twice if that was ticked, or every so many months.

    `month` (its first day) makes it one per person and month; `due_on` is the newsroom's own day of
    the first letter, and `due_at` the moment from which the next letter is owed, None when none is.
    `second` asks for another letter two weeks later; `every_months` makes it recur, counted from
    `due_on`.  `sent` counts the letters that went out and `attempts` every try.  A letter
    `held_back` goes out two weeks later in the same month, so that what letters do can be measured
    without a promise being broken; `drawn` are those it is compared with too.  `stage`, `placement`
    and `campaign` say where it was asked for.

    `spoke_in` (a month's first day) is the month in which the last letter went out or is about to:
    of all reminders of a person one in a month, beside a second letter, which leaves it as it is.

    The address is destroyed at `forget_at`, and `email_index` then made a random one.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("email_index", "month"),
        UniqueConstraint("email_index", "spoke_in"),
        CheckConstraint("state IN ('set', 'sent', 'cancelled', 'given')", name="state"),
        CheckConstraint("stage IN ('before', 'after', 'winback')", name="stage"),
        CheckConstraint("every_months IN (1, 3, 6, 12)", name="bounded"),
        CheckConstraint(
            f"sent <= CASE WHEN every_months IS NULL THEN {MOST_LETTERS}"
            f" ELSE {MOST_OF_A_SERIES} END",
            name="most",
        ),
        CheckConstraint("(state = 'set') = (due_at IS NOT NULL)", name="owed"),
        Index("ix_reminder_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    data_key_id: Mapped[int] = mapped_column(ForeignKey("data_key.id"), unique=True)
    email_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    email_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    month: Mapped[date] = mapped_column(Date, index=True)
    due_on: Mapped[date] = mapped_column(Date)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    second: Mapped[bool] = mapped_column(default=False)
    every_months: Mapped[int | None] = mapped_column()
    drawn: Mapped[bool] = mapped_column(default=False)
    held_back: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(8))
    stage: Mapped[str] = mapped_column(String(10), default="before")
    placement: Mapped[str] = mapped_column(String(30))
    campaign: Mapped[str] = mapped_column(String(30), default="")
    frequency: Mapped[str | None] = mapped_column(String(10))
    amount_minor: Mapped[int | None] = mapped_column(RowId)
    currency: Mapped[str | None] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(10), default="set")
    sent: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    spoke_in: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gave_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    forget_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
