"""What was posted and what came back: enough to never post twice, nothing of what it said."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from donations.kernel.database import Base, RowId, UtcDateTime


class Letter(Base):
    """One letter, keyed by its cause; `sending_at` alone is a try whose end is unknown.

    `message_id` is the left part of its Message-ID, by which what comes back is known to be ours;
    `returned_as` is what came back: `bounced`, `delayed` or `complained`.
    """

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    template: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(8))
    message_id: Mapped[str | None] = mapped_column(String(32), unique=True)
    sending_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    returned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    returned_as: Mapped[str | None] = mapped_column(String(12))


class Suppression(Base):
    """An address not to be written to, known by its blind index alone.

    `scope` is `everything` (a mailbox that is not there), `unasked` (anything they did not ask for
    this minute), `wishes` (anything but the answer to what the person did) or `reminders` (they
    said never).  `reason` is `bounced`, `complained`, `asked`.
    """

    __tablename__ = "suppression"
    __table_args__ = (
        UniqueConstraint("email_index", "scope"),
        CheckConstraint("scope IN ('everything', 'unasked', 'wishes', 'reminders')", name="scope"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    email_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    scope: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(12))
    source: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class MailDomain(Base):
    """The pace of one receiving domain, known by its blind index: no letter before `next_at`.

    Letters that had to wait stand in a line that reaches to `line_ends_at`.  `quiet_until` is when
    it may be tried again after it asked to wait, `refusals` in a row.  Our own mail server has a
    row too.
    """

    __tablename__ = "mail_domain"

    domain_index: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    line_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    quiet_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refusals: Mapped[int] = mapped_column(default=0)
