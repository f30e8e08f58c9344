"""Other mailboxes of a supporter: of whoever was joined with them, and those told as theirs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.kernel.database import Base, RowId, UtcDateTime


class SupporterAlias(Base):
    """A mailbox by which a supporter is found too; letters go to the mailbox of the supporter.

    Address and name are sealed under the supporter's own key.  `source` is `merge` or `import`;
    `number` is what the supporter joined with this one was called, which their passkeys still say.
    """

    __tablename__ = "supporter_alias"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    supporter_id: Mapped[int] = mapped_column(ForeignKey("supporter.id"), index=True)
    email_index: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    email_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    number: Mapped[str | None] = mapped_column(String(20), unique=True)
    source: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
