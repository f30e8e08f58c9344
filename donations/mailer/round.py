"""One round of letters: sorted out together, sent one by one, each with its own fate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select

from donations.kernel.database import begin_write
from donations.kernel.errors import DonationsError, TryAgainLater
from donations.mailer.addressed import Addressed, Fate
from donations.mailer.domains import SERVER
from donations.mailer.marks import note_sent, put_back, sent_before, take
from donations.mailer.models import Suppression
from donations.mailer.refusals import DomainWaits, EndUnknown, MailRefused, ServerAway
from donations.mailer.suppressing import EVERYTHING, WITHHELD_BY, suppress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from donations.kernel.clock import Clock
    from donations.kernel.newsroom import Newsroom
    from donations.mailer.domains import Domains
    from donations.mailer.rendering import Letterpress
    from donations.mailer.smtp import Transport
    from donations.mailer.wire import PrintedLetter

_SOURCE = "smtp"
_log = structlog.get_logger("donations.mailer")


@dataclass(slots=True)
class Round:
    """Sends letters one after another, in the transactions of `session`."""

    session: Session
    letterpress: Letterpress
    transport: Transport
    newsroom: Newsroom
    clock: Clock
    domains: Domains
    _gone: Addressed | None = None

    def send(self, letters: Sequence[Addressed]) -> None:
        """Give every letter its fate.  Ends the open transaction and leaves none."""
        self._sort_out([letter for letter in letters if letter.fate is None])
        for at, letter in enumerate(letters):
            if letter.fate is not None:
                continue
            printed = self._print(letter)
            if printed is None or not self._take(letter):
                continue
            try:
                self.transport.send(printed)
            except DonationsError as error:
                self._note_failure(letter, error, letters[at + 1 :])
            else:
                letter.fate, letter.went_at = Fate.SENT, self.clock.now()
                self._gone = letter
        if self._gone is not None:
            begin_write(self.session, swift=True)
            self._note_gone()
            self.session.commit()

    def _sort_out(self, letters: Sequence[Addressed]) -> None:
        """Find those that were sent, are suppressed, or have to wait their turn."""
        if not letters:
            return
        begin_write(self.session, swift=True)
        done = sent_before(self.session, [letter.key for letter in letters])
        scopes = self._suppressed(letters)
        for letter in letters:
            if letter.key in done:
                letter.fate = Fate.SENT_BEFORE
            elif not scopes.get(letter.email_index, set()).isdisjoint(
                WITHHELD_BY[letter.message.stream]
            ):
                letter.fate = Fate.WITHHELD
        self._take_turns([letter for letter in letters if letter.fate is None])
        self.session.commit()

    def _suppressed(self, letters: Sequence[Addressed]) -> dict[bytes, set[str]]:
        """What is suppressed of the addresses of these letters."""
        found = select(Suppression.email_index, Suppression.scope).where(
            Suppression.email_index.in_({letter.email_index for letter in letters})
        )
        scopes: dict[bytes, set[str]] = {}
        for index, scope in self.session.execute(found):
            scopes.setdefault(index, set()).add(scope)
        return scopes

    def _take_turns(self, letters: Sequence[Addressed]) -> None:
        wanted = [(letter.domain, letter.is_needed) for letter in letters]
        turns = self.domains.turns(self.session, wanted, self.clock.now())
        for letter, at in zip(letters, turns, strict=True):
            if at is not None:
                letter.fail(TryAgainLater("letters to that domain have to wait", at=at))

    def _print(self, letter: Addressed) -> PrintedLetter | None:
        try:
            return self.letterpress.print(
                letter.message, self.newsroom, message_id=letter.message_id, now=self.clock.now()
            )
        except Exception as error:  # noqa: BLE001 - one letter that cannot be made stops no other
            _log.warning(
                "letter not made", template=letter.message.template, error=type(error).__name__
            )
            letter.fail(error)
            return None

    def _take(self, letter: Addressed) -> bool:
        """Commit that the last letter went and that this one is going; false if it must not."""
        begin_write(self.session, swift=True)
        self._note_gone()
        try:
            row = take(
                self.session, letter.key, letter.message, letter.message_id, self.clock.now()
            )
        except TryAgainLater as error:
            letter.fail(error)
        else:
            letter.row = row or 0
            letter.fate = Fate.SENT_BEFORE if row is None else None
        self.session.commit()
        return letter.fate is None

    def _note_gone(self) -> None:
        if self._gone is not None and self._gone.went_at is not None:
            note_sent(self.session, self._gone.row, self._gone.went_at)
            self.domains.note_taken(self.session, self._gone.domain)
        self._gone = None

    def _note_failure(
        self, letter: Addressed, error: DonationsError, rest: Sequence[Addressed]
    ) -> None:
        """Keep what the server said of this letter, and spare it those it would say it of too."""
        letter.fail(error)
        now = self.clock.now()
        is_gone = isinstance(error, MailRefused) and error.gone
        begin_write(self.session, swift=not is_gone)
        if not isinstance(error, EndUnknown):
            put_back(self.session, letter.row)
        if is_gone:
            index = letter.email_index
            suppress(self.session, index, EVERYTHING, reason="bounced", source=_SOURCE, now=now)
        elif isinstance(error, ServerAway | EndUnknown):
            self._let_be_quiet(SERVER, error, [one for one in rest if one.fate is None])
        elif isinstance(error, DomainWaits) and not error.mailbox_only:
            same = [one for one in rest if one.fate is None and one.domain == letter.domain]
            self._let_be_quiet(letter.domain, error, same)
        self.session.commit()

    def _let_be_quiet(self, domain: str, error: TryAgainLater, others: Sequence[Addressed]) -> None:
        quiet, counts = self.domains.note_refused(self.session, domain, self.clock.now())
        if not isinstance(error, EndUnknown) and not counts:
            error.at = quiet
        for other in others:
            other.fail(TryAgainLater("letters to that domain have to wait", at=quiet))
