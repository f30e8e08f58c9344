"""Where a reader was when they asked for a reminder: the stage, the placement, the campaign.

They come with links and hidden fields, so anybody can write them: what is not of their form becomes
the page's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE: Final = "remind"
BEFORE: Final = "before"
AFTER: Final = "after"
WINBACK: Final = "winback"
_STAGES: Final = (BEFORE, AFTER, WINBACK)
_PLACEMENT: Final = re.compile(r"[a-z][a-z_-]{0,29}")
_CAMPAIGN: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,29}")


@dataclass(frozen=True, slots=True)
class Source:
    """`stage` is before a gift, after one, or after a membership's end."""

    placement: str = HERE
    stage: str = BEFORE
    campaign: str = ""


def read_source(given: Mapping[str, str]) -> Source:
    """The source that a query or a form names."""
    placement, stage = given.get("placement") or "", given.get("stage") or ""
    return Source(
        placement if _PLACEMENT.fullmatch(placement) else HERE,
        stage if stage in _STAGES else BEFORE,
        read_campaign(given),
    )


def read_campaign(given: Mapping[str, str]) -> str:
    """The campaign a query or a form names; empty if it is none."""
    campaign = (given.get("campaign") or "").lower()
    return campaign if _CAMPAIGN.fullmatch(campaign) else ""
