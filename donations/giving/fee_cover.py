"""What a gift must be for the newsroom to keep the amount the giver has in mind.

Stripe takes a part and a fixed sum of every payment.  The exact fee is only known afterwards: this
is an estimate by published prices (stripe.com/pricing for the United States, the euro area and the
United Kingdom, November 2026), which a newsroom may replace by its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from donations.kernel.money import Money, currency_of

# Hundredths of a percent, and minor units.
USUAL: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {"usd": (290, 30), "eur": (150, 25), "gbp": (150, 20)}
)
_ELSEWHERE: Final = 290
_WHOLE: Final = 10_000


def covered(amount: Money, fees: Mapping[str, tuple[int, int]] | None = None) -> Money:
    """The least amount of which, after the fee, at least `amount` is left; a multiple of the step.

    Never more than the currency allows.
    """
    currency = currency_of(amount.currency)
    part, fixed = {**USUAL, **(fees or {})}.get(amount.currency, (_ELSEWHERE, 0))
    needed = -(-(amount.minor + fixed) * _WHOLE // (_WHOLE - part))
    stepped = -(-needed // currency.step) * currency.step
    return Money(min(stepped, currency.maximum // currency.step * currency.step), amount.currency)
