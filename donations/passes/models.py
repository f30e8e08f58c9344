"""Keys of passes, the sites they are for, and how many blind ones a day saw.

No row tells who has a pass, and none could: what is counted is under a blind index of the day.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from donations.kernel.database import Base, RowId, UtcDateTime


class PassKey(Base):
    """A key that signs passes from `starts_at` until `signs_until`, believed until `valid_until`.

    `public` is its public JWK.  `private_sealed` is the whole JWK under the master key, and null
    once the key signs no more.  A blind key signs for one `level`; a key of signed passes for any.
    """

    __tablename__ = "pass_key"
    __table_args__ = (
        CheckConstraint("kind IN ('jwt', 'blind')", name="kind"),
        UniqueConstraint("kind", "level", "starts_at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    kid: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(5))
    level: Mapped[str] = mapped_column(String(10))
    public: Mapped[str] = mapped_column(Text)
    private_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signs_until: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class PassSite(Base):
    """A site whose pages ask for passes: its `origin`, and the `landing` page that takes them."""

    __tablename__ = "pass_site"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    origin: Mapped[str] = mapped_column(String(200), unique=True)
    landing: Mapped[str] = mapped_column(String(500))
    added_by: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PassCount(Base):
    """How many blind passes somebody took on `day`; who it was stands nowhere."""

    __tablename__ = "pass_count"

    taker_index: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    day: Mapped[date] = mapped_column(index=True)
    taken: Mapped[int] = mapped_column()
