"""How much a UK charity may give in return before a gift no longer qualifies for Gift Aid.

Source: Income Tax Act 2007, sections 417 to 419, as HMRC explains them at
https://www.gov.uk/government/publications/charities-detailed-guidance-notes (chapter 3): 25% of the
first £100 and 5% of the rest, at most £2,500; of what is paid and given for less than a year, the
worth of a year counts, on both sides.
"""

from __future__ import annotations

from typing import Final

from donations.kernel.cadence import Frequency

_FIRST_PENCE: Final = 100_00
_OF_FIRST, _OF_REST, _WHOLE = 25, 5, 100
_MOST_PENCE: Final = 2500_00
_MONTHS: Final = 12


def within_limits(amount_pence: int, benefit_pence: int, frequency: str) -> bool:
    """Whether a payment of so much, with benefits worth so much, still qualifies."""
    times = _MONTHS if frequency == Frequency.MONTHLY else 1
    amount, benefit = amount_pence * times, benefit_pence * times
    share = min(amount, _FIRST_PENCE) * _OF_FIRST + max(0, amount - _FIRST_PENCE) * _OF_REST
    return benefit * _WHOLE <= share and benefit <= _MOST_PENCE
