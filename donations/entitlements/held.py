"""The highest tier somebody may use now, whatever they have it from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from donations.entitlements.granting import held
from donations.entitlements.states import Origin

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.entitlements.models import Entitlement


@dataclass(frozen=True, slots=True)
class Held:
    """A tier somebody has: by its code, by its name in the language asked for, and why.

    `until` is when it ends by itself; None while it goes on.
    """

    code: str
    name: str
    benefits: tuple[str, ...]
    origin: Origin
    until: datetime | None


def standing(session: Session, supporter_id: int, now: datetime, language: str = "") -> Held | None:
    """The highest tier a supporter may use at `now`; None for who has none.

    Of several reasons for the same tier the one that lasts longest is told.
    """
    mine = held(session, supporter_id, now=now)
    if not mine:
        return None
    best = max(mine, key=_height)
    words = {one.language: one for one in best.tier.words}
    said = words.get(language) or next(iter(words.values()), None)
    return Held(
        code=best.tier.code,
        name=best.tier.code if said is None else said.name,
        benefits=() if said is None else tuple(said.benefits.splitlines()),
        origin=Origin(best.origin),
        until=best.ends_at,
    )


def _height(one: Entitlement) -> tuple[int, bool, float]:
    ends = 0.0 if one.ends_at is None else one.ends_at.timestamp()
    return one.tier.position, one.ends_at is None, ends
