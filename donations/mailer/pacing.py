"""How fast letters may go to a domain: "gmail.com=10/s, *=50/s"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Self

from donations.kernel.errors import MisconfiguredError

_UNITS: Final = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
}
_RATE: Final = re.compile(r"(\*|[a-z0-9-]+(?:\.[a-z0-9-]+)+)\s*=\s*([1-9]\d{0,5})\s*/\s*([smh])")
_SHAPE: Final = 'MAIL_RATES must be like "gmail.com=10/s, *=50/s" (per s, m or h)'


@dataclass(frozen=True, slots=True)
class MailRates:
    """The least time between two letters to one domain; `*` stands for every domain not named."""

    gaps: Mapping[str, timedelta] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the setting; nothing in it means no limit.  Raises `MisconfiguredError`."""
        gaps: dict[str, timedelta] = {}
        for part in filter(None, (piece.strip().lower() for piece in text.split(","))):
            found = _RATE.fullmatch(part)
            if found is None or found[1] in gaps:
                raise MisconfiguredError(_SHAPE)
            gaps[found[1]] = _UNITS[found[3]] / int(found[2])
        return cls(gaps)

    def gap(self, domain: str) -> timedelta | None:
        """The least time between two letters to `domain`, None for no limit."""
        return self.gaps.get(domain, self.gaps.get("*"))
