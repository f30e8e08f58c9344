"""Whose turn it is: no domain gets letters faster than agreed, or while it asked to wait.

A letter that must wait is told until when, so that whoever sends it turns to the next.  Those of
one domain are told moments one after another, as if they stood in a line, and come back in it.
What is known of a domain stands in its row, which is locked while it is read and written, so any
number of processes keep one pace together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.kernel.database import insert_into
from donations.mailer.models import MailDomain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from donations.mailer.pacing import MailRates
    from donations.vault.keys import MasterKey

SERVER: Final = "*"
"""Stands for our own mail server among the domains."""
FEW_REFUSALS: Final = 40
"""After so many in a row, which are some three days, a try counts as an attempt again."""

_AHEAD: Final = timedelta(seconds=1)  # this much time's letters may go at once
_NEEDED_AHEAD: Final = timedelta(seconds=10)  # and of those that answer what a person did
_FIRST_PAUSE: Final = {False: timedelta(seconds=30), True: timedelta(seconds=5)}
_LONGEST_PAUSE: Final = {False: timedelta(hours=2), True: timedelta(minutes=5)}


@dataclass(slots=True)
class Domains:
    """The domains of some letters, as they stood when these were looked at."""

    master: MasterKey
    rates: MailRates
    _troubled: set[str] = field(default_factory=set)

    def turns(
        self, session: Session, wanted: Sequence[tuple[str, bool]], now: datetime
    ) -> list[datetime | None]:
        """For each letter, in order: None if it may go now, or the moment to come back.

        Of a letter is told its domain, and whether it is needed: such a one goes ahead of the line.
        Changes rows; the caller commits.
        """
        rows = self._rows(session, {SERVER, *(domain for domain, _ in wanted)}, now)
        self._troubled |= {name for name, row in rows.items() if row.refusals}
        away = _quiet_until(rows.get(SERVER), now)
        if away is not None:
            return [away] * len(wanted)
        return [self._turn(rows.get(domain), domain, now, needed) for domain, needed in wanted]

    def note_taken(self, session: Session, domain: str) -> None:
        """Forget the refusals of `domain` and of the server, since a letter was taken."""
        for name in (domain, SERVER):
            if name in self._troubled:
                row = self._row(session, name)
                row.refusals, row.quiet_until = 0, None
                self._troubled.discard(name)

    def note_refused(self, session: Session, domain: str, now: datetime) -> tuple[datetime, bool]:
        """Let `domain` be quiet, the longer the oftener it asked in a row.

        Until when, and whether a domain has asked too often to go on without counting: our own
        server may take as long as its operator does.  Those who are refused at the same time are
        refused once.
        """
        _make(session, [self._index(domain)], now)
        row = self._row(session, domain)
        quiet = _quiet_until(row, now)
        if quiet is None:
            row.refusals += 1
            quiet = row.quiet_until = now + _pause(row.refusals, server=domain == SERVER)
        self._troubled.add(domain)
        return quiet, domain != SERVER and row.refusals > FEW_REFUSALS

    def _turn(
        self,
        row: MailDomain | None,
        domain: str,
        now: datetime,
        needed: bool,  # noqa: FBT001 - as `turns` is told it
    ) -> datetime | None:
        quiet = _quiet_until(row, now)
        gap = self.rates.gap(domain)
        if quiet is not None or row is None or gap is None:
            return quiet
        following = max(row.next_at, now) + gap
        if following <= now + max(_NEEDED_AHEAD if needed else _AHEAD, gap):
            row.next_at = following
            return None
        if needed:
            return row.next_at
        row.line_ends_at = max(row.line_ends_at or now, row.next_at, now) + gap
        return row.line_ends_at

    def _rows(self, session: Session, names: set[str], now: datetime) -> Mapping[str, MailDomain]:
        """The rows there are, made and locked for domains with a limit."""
        indexes = {self._index(name): name for name in names}
        limited = [at for at, name in indexes.items() if name != SERVER and self.rates.gap(name)]
        if limited:
            _make(session, sorted(limited), now)
            _locked(session, limited)
        found = session.scalars(select(MailDomain).where(MailDomain.domain_index.in_(indexes)))
        return {indexes[row.domain_index]: row for row in found}

    def _row(self, session: Session, name: str) -> MailDomain:
        [row] = _locked(session, [self._index(name)])
        return row

    def _index(self, name: str) -> bytes:
        return self.master.index("mail_domain", name)


def _locked(session: Session, indexes: list[bytes]) -> list[MailDomain]:
    """The rows, locked in one order whoever asks, and as they stand now."""
    query = (
        select(MailDomain)
        .where(MailDomain.domain_index.in_(indexes))
        .order_by(MailDomain.domain_index)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def _make(session: Session, indexes: list[bytes], now: datetime) -> None:
    rows = [{"domain_index": index, "next_at": now, "refusals": 0} for index in indexes]
    session.execute(insert_into(session, MailDomain).on_conflict_do_nothing(), rows)


def _quiet_until(row: MailDomain | None, now: datetime) -> datetime | None:
    if row is None or row.quiet_until is None or row.quiet_until <= now:
        return None
    return row.quiet_until


def _pause(refusals: int, *, server: bool) -> timedelta:
    longest = _LONGEST_PAUSE[server]
    return min(_FIRST_PAUSE[server] * (1 << min(refusals - 1, 20)), longest)
