"""Whose a line is: somebody known here, somebody new, or somebody who may be known: to be decided.

The database is asked for some hundreds of lines at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import select

from donations.adoption.likeness import BARE_MAILBOX, NAME_AND_DOMAIN, Like, alike
from donations.adoption.models import PastGift
from donations.supporters.aliases import ids_by_index

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from donations.adoption.lines import Line
    from donations.adoption.past_rows import PastRow
    from donations.vault.keys import MasterKey


class Fate(StrEnum):
    """What becomes of a line that tells of a payment."""

    KNOWN = "known"
    MATCHED = "matched"
    JOINS = "joins"
    NEW = "new"
    AWAITS = "awaits"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody said of a person of the file; `likely_id` is who `same` means, if known."""

    word: str
    likely_id: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A line and what becomes of it.

    `supporter_id` is whose it is, where that is somebody who is here already.  `likely_id` or
    `likely_line`, an earlier line of the file, is who a stranger may be, and `why`.
    """

    line: Line
    row: PastRow
    mailbox: bytes
    fate: Fate
    supporter_id: int | None = None
    likely_id: int | None = None
    likely_line: int | None = None
    why: str = ""
    like: Like | None = None


@dataclass(slots=True)
class _Around:
    """What is known beside a line: from the database, and from the lines before it."""

    decisions: Mapping[bytes, Decision]
    keys: set[bytes] = field(default_factory=set)
    people: dict[bytes, int] = field(default_factory=dict)
    likes: dict[bytes, int] = field(default_factory=dict)
    new_people: dict[bytes, Fate] = field(default_factory=dict)
    new_likes: dict[bytes, int] = field(default_factory=dict)


class Judge:
    """Judges lines; one who `remembers` knows all earlier ones, for a run that writes nothing."""

    def __init__(self, session: Session, master: MasterKey, *, remembers: bool) -> None:
        self._session = session
        self._master = master
        self._remembers = remembers
        self._around = _Around({})

    def judge(self, lines: Sequence[Line], decisions: Mapping[bytes, Decision]) -> list[Verdict]:
        """A verdict on every line that has a row, in their order; `decisions` are by mailbox."""
        told = [
            (line, line.row, line.row.mailbox(self._master))
            for line in lines
            if line.row is not None
        ]
        around = self._look_around(told, decisions)
        return [self._verdict(around, *each) for each in told]

    def _look_around(
        self,
        told: Sequence[tuple[Line, PastRow, bytes]],
        decisions: Mapping[bytes, Decision],
    ) -> _Around:
        before = self._around if self._remembers else _Around({})
        keys = [line.key for line, _, _ in told]
        here = self._session.scalars(select(PastGift.key).where(PastGift.key.in_(keys)))
        people = ids_by_index(self._session, {mailbox for _, _, mailbox in told})
        strangers = [row for _, row, mailbox in told if mailbox not in people]
        likes = [Like.of(self._master, row.email, row.name) for row in strangers]
        self._around = replace(
            before,
            decisions=decisions,
            keys=before.keys | set(here),
            people=people,
            likes=alike(self._session, likes),
        )
        return self._around

    def _verdict(self, around: _Around, line: Line, row: PastRow, mailbox: bytes) -> Verdict:
        if line.key in around.keys:
            return Verdict(line, row, mailbox, Fate.KNOWN)
        if mailbox in around.people:
            found = Verdict(line, row, mailbox, Fate.MATCHED, around.people[mailbox])
        elif mailbox in around.new_people:
            found = Verdict(line, row, mailbox, Fate.MATCHED)
        else:
            found = self._of_stranger(around, Verdict(line, row, mailbox, Fate.NEW))
        if found.fate in {Fate.MATCHED, Fate.JOINS, Fate.NEW}:
            around.keys.add(line.key)
        return found

    def _of_stranger(self, around: _Around, stranger: Verdict) -> Verdict:
        row = stranger.row
        like = Like.of(self._master, row.email, row.name)
        stranger = _liked(around, replace(stranger, like=like), like)
        decision = around.decisions.get(stranger.mailbox)
        if decision is not None and decision.word == "skip":
            return replace(stranger, fate=Fate.SKIPPED)
        if decision is not None and decision.word == "same":
            whose = decision.likely_id or stranger.likely_id
            if whose is None and stranger.likely_line is None:
                return replace(stranger, fate=Fate.AWAITS)
            around.new_people[stranger.mailbox] = Fate.JOINS
            return replace(stranger, fate=Fate.JOINS, supporter_id=whose)
        if stranger.why and decision is None:
            return replace(stranger, fate=Fate.AWAITS)
        around.new_people[stranger.mailbox] = Fate.NEW
        for index in (like.name, like.bare):
            if index is not None:
                around.new_likes.setdefault(index, row.line)
        return stranger


def _liked(around: _Around, stranger: Verdict, like: Like) -> Verdict:
    """Who the stranger may be: somebody here first, then of the file; by mailbox, then by name."""
    for index, why in ((like.bare, BARE_MAILBOX), (like.name, NAME_AND_DOMAIN)):
        if index is not None and index in around.likes:
            return replace(stranger, likely_id=around.likes[index], why=why)
    for index, why in ((like.bare, BARE_MAILBOX), (like.name, NAME_AND_DOMAIN)):
        if index is not None and index in around.new_likes:
            return replace(stranger, likely_line=around.new_likes[index], why=why)
    return stranger
