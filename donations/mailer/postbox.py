"""Posts letters once each, whatever else happens.

A letter is keyed by its cause.  Before it goes out its row says that it is going, and afterwards
that it went; both are committed at once, because a letter cannot be taken back with a transaction.
In a row of letters one commit says that this one went and that the next is going, so whenever
everything stops, at most the one on its way has an unknown end.  Then it is sent again, under the
same Message-ID, by which mailboxes recognise the copy, once it cannot be on its way any more.

These marks are not waited for until they are on the disk: should a power cut undo some, what
follows is again a copy under the same Message-ID.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.kernel.database import begin_write
from donations.mailer.addressed import Addressed, Fate, Posted
from donations.mailer.domains import Domains
from donations.mailer.pacing import MailRates
from donations.mailer.round import Round

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from donations.kernel.clock import Clock
    from donations.kernel.newsroom import Newsroom
    from donations.mailer.message import Message
    from donations.mailer.rendering import Letterpress
    from donations.mailer.smtp import Transport
    from donations.vault.keys import MasterKey

__all__ = ["Fate", "Postbox", "Posted"]


class Postbox:
    """Where a handler posts its letters."""

    def __init__(
        self,
        letterpress: Letterpress,
        transport: Transport,
        newsroom: Newsroom,
        clock: Clock,
        *,
        master: MasterKey,
        rates: MailRates | None = None,
    ) -> None:
        """`master` finds suppressed addresses and makes the Message-IDs; no rates, no limits."""
        self._letterpress = letterpress
        self._transport = transport
        self._newsroom = newsroom
        self._clock = clock
        self._master = master
        self._rates = rates or MailRates()

    def post(self, session: Session, key: str, message: Message) -> bool:
        """Send the letter of `key`; false if it was sent before, or its address is suppressed.

        Ends whatever transaction is open (nothing may be pending in it), sends with nothing held,
        and leaves a write transaction open for the caller's own effects.  Raises `BadAddress`,
        `MailRefused`, and `TryAgainLater`, whose `at` is set when the letter has to wait its turn.
        """
        [posted] = self.post_many(session, [(key, message)])
        if posted.error is not None:
            raise posted.error
        begin_write(session)
        return posted.fate is Fate.SENT

    def post_many(
        self, session: Session, letters: Iterable[tuple[str, Message]]
    ) -> tuple[Posted, ...]:
        """Send many letters, each as `post` does; what became of each, in their order.

        Ends whatever transaction is open (nothing may be pending in it) and leaves none.  A letter
        that fails stops no other, unless the mail server takes nothing any more: then the rest are
        told when to come back.
        """
        items = [Addressed.of(self._master, key, message) for key, message in letters]
        Round(
            session,
            letterpress=self._letterpress,
            transport=self._transport,
            newsroom=self._newsroom,
            clock=self._clock,
            domains=Domains(self._master, self._rates),
        ).send(items)
        return tuple(item.posted() for item in items)
