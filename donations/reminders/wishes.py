"""What a reader wishes for, and which wishes take part in the comparison with those held back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from donations.kernel.errors import ReaderError
from donations.vault.keys import normalised_email

if TYPE_CHECKING:
    from datetime import date

    from donations.kernel.cadence import Frequency
    from donations.kernel.money import Money
    from donations.vault.keys import MasterKey

_PERCENT: Final = 100


class DayNotOffered(ReaderError):
    """The day is past, today or too far ahead, or there were letters enough in its month."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader was about to give."""

    frequency: Frequency
    amount: Money


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader asks for: a letter on or from `due_on`, and what it should offer.

    `second` asks for one more two weeks later, `every_months` for a series.  `stage` is `before`,
    `after` or `winback`.
    """

    email: str
    due_on: date
    language: str
    placement: str
    choice: Choice | None = None
    stage: str = "before"
    campaign: str = ""
    second: bool = False
    every_months: int | None = None


def is_drawn(wish: Wish, percent: int) -> bool:
    """Whether a wish is compared at all, on one side or the other.

    Never one for an exact day (the first of a month stands for the month), a series, or a pair.
    """
    return percent > 0 and wish.due_on.day == 1 and not wish.second and wish.every_months is None


def is_held_back(master: MasterKey, wish: Wish, percent: int) -> bool:
    """Whether a wish that is drawn is among the `percent` held back: by a keyed hash."""
    if not is_drawn(wish, percent):
        return False
    drawn = master.index("reminder-holdout", f"{normalised_email(wish.email)} {wish.due_on}")
    return int.from_bytes(drawn[:4]) % _PERCENT < percent
