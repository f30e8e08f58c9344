"""Making tiers: their words in every language, their prices, offering and retiring them.

Every change is counted, so that pages made before it are known to be out of date.  A price changed
is the price of whoever begins from then on; who has the tier already keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.kernel.database import writing
from donations.kernel.errors import FieldRefused, NotAllowed, NotFound
from donations.tiers.levels import offered
from donations.tiers.models import Tier, TierPrice, TierWords
from donations.tiers.states import TIER_MOVES, TierState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.kernel.cadence import Frequency
    from donations.kernel.money import Money

LONGEST_NAME: Final = 80
LONGEST_LINE: Final = 200
MOST_BENEFITS: Final = 12
MOST_POSITION: Final = 1000
_CODE: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])")


@dataclass(frozen=True, slots=True)
class Words:
    """A tier in one language; no name, and it is not shown in that language."""

    name: str
    line: str = ""
    benefits: tuple[str, ...] = ()

    @classmethod
    def read(cls, name: str, line: str, benefits: str) -> Words:
        """As typed: spaces put right, a benefit for every line that is not empty."""
        lines = (" ".join(one.split()) for one in benefits.splitlines())
        return cls(
            " ".join(name.split()), " ".join(line.split()), tuple(one for one in lines if one)
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything of a tier that can be edited; a price of None is none."""

    position: int
    words: Mapping[str, Words]
    prices: Mapping[tuple[Frequency, str], Money | None]


def tiers(session: Session) -> Sequence[Tier]:
    """Every tier, the lowest first."""
    return session.scalars(select(Tier).order_by(Tier.position, Tier.id)).all()


def tier_named(session: Session, code: str) -> Tier:
    """The tier of a code, however it stands.  Raises `NotFound`."""
    found = session.scalar(select(Tier).where(Tier.code == code))
    if found is None:
        raise NotFound
    return found


def add_tier(session: Session, code: str, *, now: datetime) -> Tier:
    """Begin a draft above all others.  Commits.  Raises `FieldRefused` for the code."""
    if not _CODE.fullmatch(code):
        raise FieldRefused("code", "not_a_code")
    with writing(session):
        known = tiers(session)
        if any(one.code == code for one in known):
            raise FieldRefused("code", "tier_taken")
        position = max((one.position for one in known), default=0) + 1
        tier = Tier(
            code=code,
            state=TierState.DRAFT.value,
            position=min(position, MOST_POSITION),
            created_at=now,
        )
        session.add(tier)
    return tier


def edit_tier(session: Session, code: str, sheet: Sheet) -> Tier:
    """Let a tier be what the sheet says.  Commits.  Raises `NotFound`, `FieldRefused`."""
    if not 0 <= sheet.position <= MOST_POSITION:
        raise FieldRefused("position", "count", most=MOST_POSITION)
    for language, words in sheet.words.items():
        _check_words(language, words)
    with writing(session):
        tier = tier_named(session, code)
        tier.position = sheet.position
        for language, words in sheet.words.items():
            _put_words(session, tier, language, words)
        for (frequency, currency), price in sheet.prices.items():
            _put_price(session, tier, frequency, currency, price)
        session.flush()
        session.refresh(tier)
        if tier.state == TierState.OFFERED:
            _check_offer(session, tier)
        tier.changes += 1
    return tier


def move_tier(session: Session, code: str, to: TierState) -> Tier:
    """Offer or retire a tier.  Commits.

    Raises `NotFound`, `NotAllowed` for no such move, and `FieldRefused` for a tier that is to be
    offered and has no words or no price, or whose price is out of order.
    """
    with writing(session):
        tier = tier_named(session, code)
        if to not in TIER_MOVES[TierState(tier.state)]:
            raise NotAllowed("not_a_move")
        if to is TierState.OFFERED:
            _check_offer(session, tier)
        tier.state = to.value
        tier.changes += 1
    return tier


def _check_words(language: str, words: Words) -> None:
    if not words.name and (words.line or words.benefits):
        raise FieldRefused(f"name_{language}", "empty")
    texts = (
        ("name", words.name, LONGEST_NAME),
        ("line", words.line, LONGEST_LINE),
        *(("benefits", one, LONGEST_LINE) for one in words.benefits),
    )
    for field, text, most in texts:
        if len(text) > most or not text.isprintable():
            raise FieldRefused(f"{field}_{language}", "too_long", most=most)
    if len(words.benefits) > MOST_BENEFITS:
        raise FieldRefused(f"benefits_{language}", "too_many_lines", most=MOST_BENEFITS)


def _put_words(session: Session, tier: Tier, language: str, words: Words) -> None:
    row = next((one for one in tier.words if one.language == language), None)
    if not words.name:
        if row is not None:
            session.delete(row)
        return
    if row is None:
        row = TierWords(tier_id=tier.id, language=language)
        session.add(row)
    row.name, row.line, row.benefits = words.name, words.line, "\n".join(words.benefits)


def _put_price(
    session: Session, tier: Tier, frequency: Frequency, currency: str, price: Money | None
) -> None:
    known = {(one.frequency, one.currency): one for one in tier.prices}
    row = known.get((frequency.value, currency))
    if price is None:
        if row is not None:
            session.delete(row)
        return
    if row is None:
        row = TierPrice(tier_id=tier.id, frequency=frequency.value, currency=currency)
        session.add(row)
    row.amount_minor = price.minor


def _check_offer(session: Session, tier: Tier) -> None:
    """Words, a price, and the higher tier always the dearer one."""
    if not tier.words:
        raise FieldRefused("offer", "no_words")
    if not tier.prices:
        raise FieldRefused("offer", "no_price")
    mine = {(one.frequency, one.currency): one.amount_minor for one in tier.prices}
    for other in offered(session):
        if other.id == tier.id:
            continue
        for price in other.prices:
            own = mine.get((price.frequency, price.currency))
            rises = (tier.position - other.position) * ((own or 0) - price.amount_minor) > 0
            if own is not None and not rises:
                raise FieldRefused("offer", "out_of_order", other=other.code)
