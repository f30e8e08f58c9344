"""The marks against writing twice: this letter is going, that one went.

While a letter is on its way its row says since when.  A row that says so for longer than a letter
can be on its way belongs to somebody who died: whether it was delivered nobody knows.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from donations.kernel.errors import TryAgainLater
from donations.mailer.models import Letter

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Row, Table
    from sqlalchemy.orm import Session

    from donations.mailer.message import Message

IN_HAND: Final = timedelta(seconds=85)  # a worker's lease is longer, so its heir need not wait

_LETTER: Final = cast("Table", Letter.__table__)
_NEW: Final = {
    name: build(_LETTER)
    .values(
        {
            name: bindparam(name)
            for name in ("key", "template", "language", "message_id", "sending_at")
        }
    )
    .on_conflict_do_nothing(index_elements=["key"])
    .returning(_LETTER.c.id)
    for name, build in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
_FOUND: Final = select(_LETTER).where(_LETTER.c.key == bindparam("key")).with_for_update()
_SENT: Final = (
    update(_LETTER).where(_LETTER.c.id == bindparam("letter")).values(sent_at=bindparam("at"))
)
_AGAIN: Final = (
    update(_LETTER)
    .where(_LETTER.c.id == bindparam("letter"))
    .values(sending_at=bindparam("at"), message_id=bindparam("name"))
)
_BACK: Final = delete(_LETTER).where(
    _LETTER.c.id == bindparam("letter"), _LETTER.c.sent_at.is_(None)
)


def sent_before(session: Session, keys: Collection[str]) -> frozenset[str]:
    """Those of the causes whose letter went out."""
    sent = select(_LETTER.c.key).where(_LETTER.c.key.in_(keys), _LETTER.c.sent_at.is_not(None))
    return frozenset(session.scalars(sent))


def take(
    session: Session, key: str, message: Message, message_id: str, now: datetime
) -> int | None:
    """Note that the letter of `key` is going out now; None if it already went.

    The row's id; the caller commits.  Raises `TryAgainLater` while it may be on its way.
    """
    connection = session.connection()
    values = {
        "key": key,
        "template": message.template,
        "language": message.language,
        "message_id": message_id,
        "sending_at": now,
    }
    taken: int | None = connection.scalar(_NEW[connection.dialect.name], values)
    if taken is not None:
        return taken
    row = connection.execute(_FOUND, {"key": key}).one()
    return None if row.sent_at is not None else _take_over(session, row, message_id, now)


def _take_over(session: Session, row: Row[Any], message_id: str, now: datetime) -> int:
    if abs(now - row.sending_at) < IN_HAND:  # either way: clocks may differ
        message = "the same letter is being sent by another worker"
        raise TryAgainLater(message, at=row.sending_at + IN_HAND)
    session.connection().execute(_AGAIN, {"letter": row.id, "at": now, "name": message_id})
    return int(row.id)


def note_sent(session: Session, letter: int, at: datetime) -> None:
    """Note that the letter went out; the caller commits."""
    session.connection().execute(_SENT, {"letter": letter, "at": at})


def put_back(session: Session, letter: int) -> None:
    """Forget a try that the mail server did not accept, so that the next need not wait.

    The caller commits.
    """
    session.connection().execute(_BACK, {"letter": letter})
