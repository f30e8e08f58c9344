"""What is written about a promo: its higher amount comes."""

from __future__ import annotations

from typing import Final

from donations.mailer.samples.sample import NEXT, SIGNED, Facts, Reader, Sample


def _ends(reader: Reader, frequency: str) -> Facts:
    return {
        "amount": reader.amount(500),
        "then": reader.amount(1500),
        "frequency": frequency,
        "next_on": reader.day(NEXT),
        "links": {
            action: reader.link(f"/support/act/{action}/{SIGNED}")
            for action in ("amount", "cancel")
        },
    }


SAMPLES: Final = (
    Sample("promo-ends", "promo_ends", lambda r: _ends(r, "monthly")),
    Sample("promo-ends-annual", "promo_ends", lambda r: _ends(r, "annual")),
)
