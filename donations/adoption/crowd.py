"""The supporters some lines belong to, found or made together, each with their open key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from donations.adoption.judging import Fate
from donations.adoption.likeness import row_of
from donations.kernel.ids import public_id
from donations.supporters.alias_models import SupporterAlias
from donations.supporters.aliases import ALIAS_EMAIL, ALIAS_NAME
from donations.supporters.directory import EMAIL, NAME
from donations.supporters.models import Supporter
from donations.vault.sealed import have_at_hand, new_data_key, open_data_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.adoption.judging import Verdict
    from donations.vault.keys import MasterKey
    from donations.vault.models import DataKey
    from donations.vault.sealed import Envelope


@dataclass(slots=True)
class Person:
    """A supporter with their open key."""

    supporter: Supporter
    envelope: Envelope


class Crowd:
    """Everybody some verdicts speak of; those who are new are stored with the first of them."""

    def __init__(self, session: Session, master: MasterKey, language: str, now: datetime) -> None:
        """`language` is what new supporters are written to in until they say otherwise."""
        self._session = session
        self._master = master
        self._language = language
        self._now = now
        self._by_mailbox: dict[bytes, Person] = {}
        self._by_id: dict[int, Person] = {}
        self._by_line: dict[int, Person] = {}

    def gather(self, verdicts: Sequence[Verdict]) -> None:
        """Look up who is known, and make who is new."""
        self._look_up({one.supporter_id for one in verdicts if one.supporter_id is not None})
        new = [one for one in verdicts if one.fate is Fate.NEW]
        for verdict in new:
            person = self._enrolled(verdict)
            self._by_mailbox[verdict.mailbox] = person
        self._session.add_all(self._by_mailbox[one.mailbox].supporter for one in new)
        self._session.flush()
        self._session.add_all(self._likenesses(new))

    def whose(self, verdict: Verdict) -> tuple[Person, str]:
        """Whose a line is, and what was made for it: `ImportRow.made`."""
        person = self._by_mailbox.get(verdict.mailbox)
        if person is None and verdict.supporter_id is not None:
            person = self._by_id[verdict.supporter_id]
        if person is None:
            person = self._by_line[verdict.likely_line or 0]
        made = ["supporter"] if verdict.fate is Fate.NEW else []
        if verdict.fate is Fate.JOINS:
            self._add_mailbox(person, verdict)
            made.append("alias")
        name = verdict.row.name
        if name and person.supporter.name_sealed is None:  # a name is added, and never replaced
            person.supporter.name_sealed = person.envelope.seal(NAME, name)
            made.append("name")
        self._by_mailbox[verdict.mailbox] = self._by_line[verdict.row.line] = person
        return person, "supporter" if "supporter" in made else "+".join(made)

    def of_line(self, line: int | None) -> int | None:
        """The supporter an earlier line of these belongs to."""
        person = None if line is None else self._by_line.get(line)
        return None if person is None else person.supporter.id

    def _look_up(self, ids: Iterable[int]) -> None:
        found = self._session.scalars(select(Supporter).where(Supporter.id.in_(ids))).all()
        keys: list[DataKey] = have_at_hand(self._session, [one.data_key_id for one in found])
        for supporter in found:
            envelope = open_data_key(self._session, self._master, supporter.data_key_id)
            self._by_id[supporter.id] = Person(supporter, envelope)
        del keys

    def _enrolled(self, verdict: Verdict) -> Person:
        key, envelope = new_data_key(self._session, self._master, self._now)
        name = verdict.row.name
        supporter = Supporter(
            public_id=public_id(),
            data_key_id=key.id,
            email_sealed=envelope.seal(EMAIL, verdict.row.email),
            email_index=verdict.mailbox,
            name_sealed=envelope.seal(NAME, name) if name else None,
            language=self._language,
            wishes={},
            created_at=self._now,
        )
        return Person(supporter, envelope)

    def _likenesses(self, new: Sequence[Verdict]) -> Iterable[object]:
        for verdict in new:
            supporter = self._by_mailbox[verdict.mailbox].supporter
            if verdict.like is not None:
                yield row_of(supporter.id, verdict.mailbox, verdict.like, verdict.row.name)

    def _add_mailbox(self, person: Person, verdict: Verdict) -> None:
        name = verdict.row.name
        self._session.add(
            SupporterAlias(
                supporter_id=person.supporter.id,
                email_index=verdict.mailbox,
                email_sealed=person.envelope.seal(ALIAS_EMAIL, verdict.row.email),
                name_sealed=person.envelope.seal(ALIAS_NAME, name) if name else None,
                source="import",
                since=self._now,
            )
        )
