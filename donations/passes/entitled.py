"""Whether somebody supports the newsroom now, and how: all that a pass may say.

A member has a membership that is being paid, or whose payment is late, or a tier's benefits from
elsewhere: a gift, a seat, a comp.  A supporter gave within the
last year what was not given back.  A paused membership counts by its last gift.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from donations.entitlements.granting import held
from donations.giving.kept import kept_minor
from donations.giving.membership_history import LIVING
from donations.giving.models import Gift, Membership

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

COUNTS_FOR: Final = timedelta(days=365)


class Level(StrEnum):
    """What a pass says, and everything it says."""

    SUPPORTER = "supporter"
    MEMBER = "member"

    @property
    def covers(self) -> tuple[Level, ...]:
        """The levels that whoever has this one may show."""
        return tuple(Level) if self is Level.MEMBER else (Level.SUPPORTER,)


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands: since when, and until when if nothing more comes; days in UTC."""

    level: Level
    since: date
    until: date | None


def standing(session: Session, supporter_id: int, now: datetime) -> Standing | None:
    """How a supporter stands at `now`; None for who is neither member nor supporter."""
    return (
        _as_member(session, supporter_id)
        or _as_entitled(session, supporter_id, now)
        or _as_supporter(session, supporter_id, now)
    )


def _as_member(session: Session, supporter_id: int) -> Standing | None:
    mine = select(Membership).where(
        Membership.supporter_id == supporter_id, Membership.state.in_(LIVING)
    )
    living = session.scalars(mine).all()
    if not living:
        return None
    ends = [one.ends_at if one.ends_with_period else one.renews_at for one in living]
    known = [end for end in ends if end is not None]
    return Standing(
        Level.MEMBER,
        min(one.started_at for one in living).date(),
        max(known).date() if known else None,
    )


def _as_entitled(session: Session, supporter_id: int, now: datetime) -> Standing | None:
    """Whoever has a tier without paying for it: given to them, by a seat, or by us."""
    mine = held(session, supporter_id, now=now)
    if not mine:
        return None
    ends = [one.ends_at for one in mine if one.ends_at is not None]
    until = max(ends).date() if len(ends) == len(mine) else None
    return Standing(Level.MEMBER, min(one.starts_at for one in mine).date(), until)


def _as_supporter(session: Session, supporter_id: int, now: datetime) -> Standing | None:
    mine = (
        select(Gift)
        .where(Gift.supporter_id == supporter_id, Gift.received_at > now - COUNTS_FOR)
        .options(selectinload(Gift.refunds), selectinload(Gift.disputes))
    )
    kept = [gift.received_at for gift in session.scalars(mine) if kept_minor(gift)]
    if not kept:
        return None
    return Standing(Level.SUPPORTER, min(kept).date(), (max(kept) + COUNTS_FOR).date())
