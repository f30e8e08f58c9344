"""Who was joined with whom: numbers of rows, and nothing of the persons."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.kernel.database import Base, RowId, UtcDateTime


class Merge(Base):
    """Two rows of one person made one: `gone` was the number of the row that is no more.

    `moved` names by table the ids of the rows that were the other's, so that it can always be told
    whose they had been.  `by` is a login of the office, or `mailbox` when the person proved both.
    """

    __tablename__ = "merge"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("supporter.id"), index=True)
    gone: Mapped[str] = mapped_column(String(20), unique=True)
    gone_since: Mapped[datetime] = mapped_column(UtcDateTime)
    moved: Mapped[dict[str, list[int]]] = mapped_column(JSON)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
