"""What was taken over from elsewhere: subscriptions at Stripe, and files of other programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from donations.giving.models import Amounted
from donations.kernel.database import Base, RowId, UtcDateTime


class AdoptionRun(Base):
    """A walk over the subscriptions of the Stripe account, gone on with where it was stopped.

    `cursor_sealed` is the last subscription looked at; `invoices_after` the last adopted
    membership whose earlier payments were asked for.  It is over once it has `ended_at`.
    """

    __tablename__ = "adoption_run"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cursor_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    listed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    invoices_after: Mapped[int] = mapped_column(RowId, default=0)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)


class AdoptedMembership(Base):
    """A membership that another program had begun: when it really began, and when it became ours.

    The membership's own `started_at` is the moment it became ours, because reports of closed
    months must never change.
    """

    __tablename__ = "adopted_membership"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), unique=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    stamped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ImportBatch(Base):
    """One file of another program.

    `mapping` says how it is read: the columns, and what the file does not say itself.  Lines up to
    `cursor_line` are done; `counts` is what came, or would come, of them by outcome.
    """

    __tablename__ = "import_batch"
    __table_args__ = (
        CheckConstraint("state IN ('drafted', 'shown', 'running', 'done', 'undone')", name="state"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    source: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10), default="drafted")
    cursor_line: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    by: Mapped[str] = mapped_column(String(80))
    drafted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PastGift(Amounted, Base):
    """Money somebody gave before these books began, as another program told it: history alone.

    It stands on a supporter's timeline and in no report of the books, and nothing is posted for it:
    what came of it is in the books of that time.  `sums` when the other program tells no single
    payments but all of them together, dated by the last.  `key` is the blind index of what the
    other program calls it, so that it is here once.
    """

    __tablename__ = "past_gift"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="positive"),
        CheckConstraint("frequency IN ('once', 'monthly', 'annual', 'other')", name="frequency"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    supporter_id: Mapped[int] = mapped_column(ForeignKey("supporter.id"), index=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"), index=True)
    source: Mapped[str] = mapped_column(String(20))
    key: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    frequency: Mapped[str] = mapped_column(String(10))
    sums: Mapped[bool] = mapped_column(default=False)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ImportRow(Base):
    """One line of a file, and what came of it.

    `original_sealed` holds the columns that were read, under the supporter's own key, or under the
    operational one while nobody knows whose it is; nothing is kept of a line that brought nothing.
    `person` is a blind index of the mailbox within its batch: one decision counts for all lines of
    a person.  `likely_id` is who it may be, `likely_line` the earlier line that may be the same
    person; `decision` is `same`, `new` or `skip`.  `made` says what undoing takes away beside the
    past gift: `supporter`, or the `alias` and `name` that were added to one.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        UniqueConstraint("batch_id", "line"),
        Index("ix_import_row_outcome", "batch_id", "outcome"),
        CheckConstraint(
            "outcome IN ('taken', 'known', 'awaits', 'skipped', 'bad', 'undone', 'kept')",
            name="outcome",
        ),
        CheckConstraint("decision IN ('same', 'new', 'skip')", name="decision"),
        CheckConstraint("made IN ('', 'supporter', 'alias', 'name', 'alias+name')", name="made"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))
    line: Mapped[int] = mapped_column()
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    person: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    outcome: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(30), default="", server_default="")
    likely_id: Mapped[int | None] = mapped_column(ForeignKey("supporter.id"), index=True)
    likely_line: Mapped[int | None] = mapped_column()
    likely_why: Mapped[str] = mapped_column(String(10), default="", server_default="")
    decision: Mapped[str | None] = mapped_column(String(10))
    supporter_id: Mapped[int | None] = mapped_column(ForeignKey("supporter.id"), index=True)
    gift_id: Mapped[int | None] = mapped_column(ForeignKey("past_gift.id"), index=True)
    made: Mapped[str] = mapped_column(String(10), default="", server_default="")
    original_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class Likeness(Base):
    """By what a supporter is like another: blind indexes of name and domain, and of bare mailbox.

    Made anew when a name came or the mailbox changed: `of_email` is the mailbox it was made of,
    `named` whether there was a name.
    """

    __tablename__ = "likeness"

    supporter_id: Mapped[int] = mapped_column(ForeignKey("supporter.id"), primary_key=True)
    of_email: Mapped[bytes] = mapped_column(LargeBinary(32))
    named: Mapped[bool] = mapped_column()
    name_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    bare_index: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)


class ToldApart(Base):
    """Two supporters somebody looked at and called two people; the lower id first."""

    __tablename__ = "told_apart"
    __table_args__ = (
        UniqueConstraint("one_id", "other_id"),
        CheckConstraint("one_id < other_id", name="ordered"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    one_id: Mapped[int] = mapped_column(ForeignKey("supporter.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("supporter.id"), index=True)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
