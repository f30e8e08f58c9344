"""The months that closed, as a list: by whom, as of what, and whether their proofs were nought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.closing.facts import Facts, unpacked
from donations.closing.models import ClosedMonth
from donations.kernel.errors import NotFound
from donations.kernel.money import Money
from donations.kernel.months import Month

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

_DIFFERENCE: Final = -1  # the last column of the proofs
_KNOWN: Final[dict[str, tuple[int, tuple[Money, ...]]]] = {}  # by the digest of a pack


@dataclass(frozen=True, slots=True)
class Record:
    """A closed month; `differences` are the figures of its `proofs` that are not nought."""

    month: Month
    closed_at: datetime
    closed_by: str
    last_number: int
    pack_sha256: str
    proofs: int
    differences: tuple[Money, ...]


def records(session: Session) -> list[Record]:
    """Every closed month, the latest first."""
    rows = session.execute(
        select(
            ClosedMonth.month,
            ClosedMonth.closed_at,
            ClosedMonth.closed_by,
            ClosedMonth.last_number,
            ClosedMonth.pack_sha256,
        ).order_by(ClosedMonth.month.desc())
    )
    found = []
    for day, at, by, number, digest in rows.all():
        month = Month.of_day(day)
        found.append(Record(month, at, by, number, digest, *_proved(session, month, digest)))
    return found


def facts_of(session: Session, month: Month) -> Facts:
    """What was frozen of a closed month.  Raises `NotFound` while it is open."""
    closed = session.get(ClosedMonth, month.first_day)
    if closed is None:
        raise NotFound
    return unpacked(closed.facts)


def _proved(session: Session, month: Month, digest: str) -> tuple[int, tuple[Money, ...]]:
    """How many proofs there were, and what they differed by; a digest stands for one answer."""
    if digest not in _KNOWN:
        rows = list(facts_of(session, month).proofs.rows)
        differences = (row.cells[_DIFFERENCE] for row in rows)
        wrong = tuple(one for one in differences if isinstance(one, Money) and one)
        if not digest:
            return len(rows), wrong
        _KNOWN[digest] = len(rows), wrong
    return _KNOWN[digest]
