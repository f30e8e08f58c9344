"""Movements whose cause is found later: out of suspense, and where they belong.

A movement nobody can explain is booked all the same, as `Kind.OTHER` in suspense, so that the
books hold what Stripe holds.  Once it is explained, that entry is taken back by its opposite and
the movement booked again under `<movement>:placed`, both with the movement's own moment: day by day
and account by account the books are then what they would be, had the cause been known at once.  So
a movement has one entry that stands: the placed one if there is one, else its first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.ledger.books import book, hold, reverse
from donations.ledger.chart import Kind
from donations.ledger.models import Entry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.ledger.drafts import Draft

PLACED: Final = ":placed"
"""The ending of the source of an entry whose cause was found later."""
_AT_ONCE: Final = 400  # half of what SQLite once took as parameters of one statement


def place(session: Session, draft: Draft, *, now: datetime) -> bool:
    """Book the draft of a movement, out of suspense if it stands there; false if it stood before.

    The caller holds the write transaction.
    """
    hold(session)
    stands = standing(session, [draft.source]).get(draft.source)
    if stands is None:
        return book(session, draft, now=now)
    if stands.kind != Kind.OTHER or draft.kind is Kind.OTHER:
        return False
    reverse(session, draft.source, memo="explained since", occurred_at=draft.occurred_at, now=now)
    return book(session, replace(draft, source=f"{draft.source}{PLACED}"), now=now)


def standing(session: Session, movements: Sequence[str]) -> dict[str, Entry]:
    """The entries that stand for movements, by the movement's id; one not booked has none."""
    found: dict[str, Entry] = {}
    for first in range(0, len(movements), _AT_ONCE):
        asked = movements[first : first + _AT_ONCE]
        sources = [*asked, *(f"{name}{PLACED}" for name in asked)]
        # A source with the ending comes after the bare one, and takes its place.
        for entry in session.scalars(
            select(Entry).where(Entry.source.in_(sources)).order_by(Entry.number)
        ):
            found[entry.source.removesuffix(PLACED)] = entry
    return found
