"""How tiers and promos move."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class TierState(StrEnum):
    """A draft is seen by staff only; a retired tier is offered to nobody, its members keep it."""

    DRAFT = "draft"
    OFFERED = "offered"
    RETIRED = "retired"


TIER_MOVES: Final = {
    TierState.DRAFT: {TierState.OFFERED},
    TierState.OFFERED: {TierState.RETIRED},
    TierState.RETIRED: {TierState.OFFERED},
}


class PromoState(StrEnum):
    """A draft is seen by staff only; a closed promo is taken by nobody, who took it keeps it."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


PROMO_MOVES: Final = {
    PromoState.DRAFT: {PromoState.OPEN, PromoState.CLOSED},
    PromoState.OPEN: {PromoState.CLOSED},
    PromoState.CLOSED: {PromoState.OPEN},
}
