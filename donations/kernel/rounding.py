"""The one rounding rule of the books: to the nearest whole minor unit, halves away from nothing."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_HUNDREDTH: Final = Decimal("0.01")


def rounded(numerator: int, denominator: int) -> int:
    """The quotient as a whole number; `denominator` is positive."""
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def percent(part: int, whole: int) -> Decimal | None:
    """What `part` is of `whole` in percent, to two places; None of nothing."""
    if not whole:
        return None
    return (Decimal(100 * part) / Decimal(whole)).quantize(_HUNDREDTH, ROUND_HALF_UP)
