"""Payments whose benefits are put off together, and the course their liability takes by month.

Pure arithmetic: what was put off, given back and made income is handed in, month by month.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from donations.kernel.months import Month

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TERMS: Final = {"monthly": 1, "annual": 12}
"""How many months the benefits of a payment last."""


@dataclass(frozen=True, slots=True, order=True)
class Cohort:
    """Payments put off together."""

    begins: Month
    frequency: str
    currency: str
    fund: str

    @property
    def months(self) -> int:
        """How many months the benefits last."""
        return TERMS[self.frequency]


@dataclass(frozen=True, slots=True)
class Step:
    """One month of a cohort: what is left before its income, and what becomes income."""

    month: Month
    left: int
    share: int


@dataclass(frozen=True, slots=True)
class Owed:
    """A cohort in the books.

    Minor units put off (`booked`), given back (`refunded`, by month) and made income (`recognised`,
    by month).  `recognitions` counts the entries of the latter.
    """

    cohort: Cohort
    booked: int
    refunded: Mapping[Month, int]
    recognised: Mapping[Month, int]
    recognitions: Mapping[Month, int] = field(default_factory=dict)

    @property
    def remaining(self) -> int:
        """What is still a liability."""
        return self.booked - sum(self.refunded.values()) - sum(self.recognised.values())

    def course(self, through: Month) -> Iterator[Step]:
        """Month by month to `through`, as if each were closed in its turn.

        It ends sooner once nothing is left and nothing more was given back.
        """
        left, last = self.booked, max(self.refunded, default=self.cohort.begins)
        month, parts = self.cohort.begins, self.cohort.months
        while month <= through:
            left -= self.refunded.get(month, 0)
            # What was taken back beyond what was owed, or is left after the term, is income at
            # once: a cohort ends at nothing.
            share = left if parts <= 1 or left < 0 else left // parts
            yield Step(month, left, share)
            left -= share
            if not left and month >= last:
                return
            month, parts = month.later(1), parts - 1

    def earned(self, month: Month) -> int:
        """What has become income by the end of `month`, by what stood in the books then."""
        return sum(step.share for step in self.course(month))

    def due(self, month: Month) -> int:
        """What becomes income in `month`, by what stood in the books when it ended."""
        return sum(step.share for step in self.course(month) if step.month == month)

    def least_from(self, month: Month) -> int:
        """The least that is left, before its income, in `month` or a later one with refunds."""
        ends = max([month, *self.refunded])
        return min((step.left for step in self.course(ends) if step.month >= month), default=0)


def deferred_share(amount: int, value_minor: int, charged_minor: int) -> int:
    """Which part of a settled `amount` is put off; never more than all of it.

    The benefits are worth `value_minor` of the `charged_minor` that a reader paid.
    """
    return amount * min(value_minor, charged_minor) // charged_minor


def owed_share(
    deferred: int, begins: Month, months: int, posted: Month, kept: int = 1, of: int = 1
) -> int:
    """What of a payment's `deferred` part is still owed at the beginning of the month `posted`.

    `kept` of the payment's `of` minor units have not gone back.
    """
    past = (posted.year - begins.year) * 12 + posted.month - begins.month
    left = max(0, months - max(0, past))
    return deferred * left * kept // (months * of)
