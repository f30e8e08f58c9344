"""Posts a letter once, whatever else happens.

A letter is keyed by its cause.  Before it goes out its row says that it is going, and afterwards
that it went; both are committed at once, because a letter cannot be taken back with a transaction.
Only a crash or a lost connection between the letter's last line and the second commit leaves the
end unknown: then it is sent again under the same Message-ID, by which mailboxes recognise the copy.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from donations.kernel.database import begin_write
from donations.kernel.errors import DonationsError, TryAgainLater
from donations.mailer.models import Letter

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.kernel.clock import Clock
    from donations.kernel.newsroom import Newsroom
    from donations.mailer.message import Message
    from donations.mailer.rendering import Letterpress
    from donations.mailer.smtp import Transport

IN_HAND: Final = timedelta(seconds=85)  # a worker's lease is longer, so its heir need not wait
_ID_LENGTH: Final = 32


class Postbox:
    """Where a handler posts its letters."""

    def __init__(
        self,
        letterpress: Letterpress,
        transport: Transport,
        newsroom: Newsroom,
        clock: Clock,
        *,
        secret: str,
    ) -> None:
        """`secret` keys the Message-IDs, so that none can be led back to a row."""
        self._letterpress = letterpress
        self._transport = transport
        self._newsroom = newsroom
        self._clock = clock
        self._secret = secret.encode()

    def post(self, session: Session, key: str, message: Message) -> bool:
        """Send the letter of `key` unless it was sent before; false if it was.

        Ends whatever transaction is open (nothing may be pending in it), sends with nothing held,
        and leaves a write transaction open for the caller's own effects.  Raises `BadAddress`,
        `MailRefused`, and `TryAgainLater` also while another worker has the same letter in hand.
        """
        now = self._clock.now()
        message_id = hmac.new(self._secret, key.encode(), hashlib.sha256).hexdigest()
        letter = self._letterpress.print(
            message, self._newsroom, message_id=message_id[:_ID_LENGTH], now=now
        )
        if not _take(session, key, message, now):
            begin_write(session)
            return False
        try:
            self._transport.send(letter)
        except DonationsError:
            _put_back(session, key)
            raise
        begin_write(session)
        _letter(session, key).sent_at = self._clock.now()
        session.commit()
        begin_write(session)
        return True


def _take(session: Session, key: str, message: Message, now: datetime) -> bool:
    """Commit that the letter is going out now; false if it already went."""
    begin_write(session)
    build = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    new = build(Letter).values(
        key=key, template=message.template, language=message.language, sending_at=now
    )
    taken = session.execute(
        new.on_conflict_do_nothing(index_elements=["key"]).returning(Letter.id)
    ).scalar()
    if taken is None:
        row = _letter(session, key)
        if row.sent_at is not None:
            session.rollback()
            return False
        if now - row.sending_at < IN_HAND:
            session.rollback()
            message_text = "the same letter is being sent by another worker"
            raise TryAgainLater(message_text)
        row.sending_at = now
    session.commit()
    return True


def _put_back(session: Session, key: str) -> None:
    """Forget a try that the mail server did not accept, so that the next need not wait."""
    begin_write(session)
    session.execute(delete(Letter).where(Letter.key == key, Letter.sent_at.is_(None)))
    session.commit()


def _letter(session: Session, key: str) -> Letter:
    return session.scalars(select(Letter).where(Letter.key == key).with_for_update()).one()
