"""Addresses not to be written to: why, since when, and for which letters.

Nothing here ever holds an address: rows are found by the blind index of its normalised form.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select

from donations.kernel.database import insert_into
from donations.mailer.message import Stream
from donations.mailer.models import Suppression

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

EVERYTHING: Final = "everything"
UNASKED: Final = "unasked"
WISHES: Final = "wishes"
REMINDERS: Final = "reminders"
SCOPES: Final = (EVERYTHING, UNASKED, WISHES, REMINDERS)

# Which suppressions keep a letter of a stream back.
WITHHELD_BY: Final[Mapping[Stream, tuple[str, ...]]] = MappingProxyType(
    {
        Stream.ASKED: (EVERYTHING,),
        Stream.NEEDED: (EVERYTHING, UNASKED),
        Stream.WISHED: (EVERYTHING, UNASKED, WISHES),
        Stream.REMINDER: (EVERYTHING, UNASKED, WISHES, REMINDERS),
    }
)


def suppress(
    session: Session,
    email_index: bytes,
    scope: str,
    *,
    reason: str,
    source: str,
    now: datetime,
) -> None:
    """Write no more letters of `scope` to an address; the caller commits.

    `reason` is `bounced`, `complained` or `asked`, `source` who said so (`postmark`, `reader`, …).
    What is suppressed already keeps its first reason and moment.
    """
    row = insert_into(session, Suppression).values(
        email_index=email_index, scope=scope, reason=reason, source=source, at=now
    )
    session.execute(row.on_conflict_do_nothing(index_elements=["email_index", "scope"]))


def withheld(session: Session, email_index: bytes, stream: Stream) -> bool:
    """Whether a letter of `stream` must not go to the address."""
    found = session.scalar(
        select(Suppression.id)
        .where(
            Suppression.email_index == email_index,
            Suppression.scope.in_(WITHHELD_BY[stream]),
        )
        .limit(1)
    )
    return found is not None


def lift(session: Session, email_index: bytes, scope: str | None = None) -> int:
    """Take back one suppression of an address, or all; how many there were.  The caller commits."""
    rows = delete(Suppression).where(Suppression.email_index == email_index)
    if scope is not None:
        rows = rows.where(Suppression.scope == scope)
    return len(session.scalars(rows.returning(Suppression.id)).all())


def suppressions(session: Session, email_index: bytes) -> Sequence[Suppression]:
    """Everything that keeps letters back from one address, widest first."""
    rows = session.scalars(select(Suppression).where(Suppression.email_index == email_index)).all()
    return sorted(rows, key=lambda row: SCOPES.index(row.scope))
