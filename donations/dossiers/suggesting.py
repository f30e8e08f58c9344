"""Who may be one person twice: pairs of supporters who are alike and were not told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import aliased

from donations.adoption.likeness import BARE_MAILBOX, NAME_AND_DOMAIN
from donations.adoption.models import Likeness, ToldApart
from donations.kernel.database import begin_write
from donations.kernel.errors import NotAllowed
from donations.supporters.models import Supporter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Pair:
    """Two supporters by number, the one known longer first, and why they may be one."""

    one: str
    other: str
    why: str


def suggested(session: Session, most: int = MOST) -> Sequence[Pair]:
    """At most so many pairs, those known longest first; `likeness.refresh` is the caller's."""
    first, second = aliased(Likeness), aliased(Likeness)
    apart = exists().where(
        ToldApart.one_id == first.supporter_id, ToldApart.other_id == second.supporter_id
    )
    same_mailbox = first.bare_index == second.bare_index
    found = session.execute(
        select(first.supporter_id, second.supporter_id, same_mailbox)
        .join(
            second,
            and_(
                first.supporter_id < second.supporter_id,
                or_(same_mailbox, first.name_index == second.name_index),
            ),
        )
        .where(~apart)
        .order_by(first.supporter_id, second.supporter_id)
        .limit(most)
    ).all()
    ids = {number for one, other, _ in found for number in (one, other)}
    names = select(Supporter.id, Supporter.public_id).where(Supporter.id.in_(ids))
    numbers = {number: name for number, name in session.execute(names)}  # noqa: C416 - typed
    return [
        Pair(numbers[one], numbers[other], BARE_MAILBOX if mailbox else NAME_AND_DOMAIN)
        for one, other, mailbox in found
    ]


def tell_apart(
    session: Session, one: Supporter, other: Supporter, *, by: str, now: datetime
) -> None:
    """Never suggest these two again.  Commits.  Twice is once.  Raises `NotAllowed`: `same`."""
    low, high = sorted((one.id, other.id))
    if low == high:
        raise NotAllowed("same")
    begin_write(session)
    known = select(ToldApart.id).where(ToldApart.one_id == low, ToldApart.other_id == high)
    if session.scalar(known) is None:
        session.add(ToldApart(one_id=low, other_id=high, by=by, at=now))
    session.commit()
