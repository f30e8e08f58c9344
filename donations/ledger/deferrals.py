"""Membership benefits still owed: what of a payment is put off, and when it becomes income.

A payment that buys benefits is income as they are given (ASC 606, IFRS 15).  The part put off is
spread over whole months, the month of the payment the first: one for a monthly payment, twelve for
an annual one.  Payments of one month, term, currency and fund make a cohort; a cohort ends at
exactly nothing, because its last month takes what is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from donations.kernel.money import Money
from donations.kernel.months import Month
from donations.ledger.books import book
from donations.ledger.chart import Account, Kind
from donations.ledger.drafts import About, Draft, Line
from donations.ledger.models import DayTotal, Entry, Posting

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

TERMS: Final = {"monthly": 1, "annual": 12}


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
class Owed:
    """A cohort in the books.

    Minor units put off (`booked`), given back (`refunded`, by month) and made income (`recognised`,
    by month).
    """

    cohort: Cohort
    booked: int
    refunded: dict[Month, int]
    recognised: dict[Month, int]

    @property
    def remaining(self) -> int:
        """What is still a liability."""
        return self.booked - sum(self.refunded.values()) - sum(self.recognised.values())

    def due(self, month: Month) -> int:
        """What becomes income in `month`, by what stood in the books when it ended."""
        left = self.booked
        for number in range(self.cohort.months):
            here = self.cohort.begins.later(number)
            left -= self.refunded.get(here, 0)
            parts = self.cohort.months - number
            share = left if parts == 1 else left // parts
            if here == month:
                return share
            left -= share
        return 0


def deferred_share(amount: int, value_minor: int, charged_minor: int) -> int:
    """Which part of a settled `amount` is put off; never more than all of it.

    The benefits are worth `value_minor` of the `charged_minor` that a reader paid.
    """
    return amount * min(value_minor, charged_minor) // charged_minor


def owed_share(deferred: int, begins: Month, months: int, posted: Month) -> int:
    """What of a payment's `deferred` part is still owed at the beginning of the month `posted`."""
    past = (posted.year - begins.year) * 12 + posted.month - begins.month
    return deferred * max(0, months - max(0, past)) // months


def owed(session: Session, *, through: Month | None = None) -> list[Owed]:
    """Every cohort as it stands in the books, from the daily totals."""
    statement = select(
        DayTotal.posted_on,
        DayTotal.currency,
        DayTotal.kind,
        DayTotal.frequency,
        DayTotal.fund,
        DayTotal.cohort,
        func.sum(DayTotal.minor),
    ).where(DayTotal.account == Account.DEFERRED)
    if through is not None:
        statement = statement.where(DayTotal.posted_on <= through.last_day)
    found: dict[Cohort, Owed] = {}
    for day, currency, kind, frequency, fund, begins, minor in session.execute(
        statement.group_by(
            DayTotal.posted_on,
            DayTotal.currency,
            DayTotal.kind,
            DayTotal.frequency,
            DayTotal.fund,
            DayTotal.cohort,
        )
    ):
        cohort = Cohort(Month.parse(begins), frequency, currency, fund)
        one = found.get(cohort, Owed(cohort, 0, {}, {}))
        found[cohort] = _with(one, Month.of_day(day), kind, int(minor))
    return [found[cohort] for cohort in sorted(found)]


def recognise(session: Session, month: Month, zone: ZoneInfo, *, now: datetime) -> int:
    """Make income of what `month` earned; the entries booked.  Doing it twice does it once.

    The caller holds the write transaction, and has not closed the month yet.
    """
    done = 0
    for one in owed(session, through=month):
        minor = one.due(month) - one.recognised.get(month, 0)
        if minor:
            done += book(session, _recognition(one, month, zone, minor), now=now)
    return done


def gift_deferral(session: Session, gift_reference: str) -> tuple[int, Month] | None:
    """What was put off of a gift when it was booked, and from which month; None if nothing was."""
    row = session.execute(
        select(Entry.cohort, func.sum(Posting.amount_minor))
        .join(Posting.entry)
        .where(
            Entry.gift_reference == gift_reference,
            Entry.kind == Kind.GIFT,
            Posting.account == Account.DEFERRED,
        )
        .group_by(Entry.cohort)
    ).first()
    return None if row is None else (-int(row[1]), Month.parse(str(row[0])))


def _with(one: Owed, month: Month, kind: str, minor: int) -> Owed:
    if kind == Kind.GIFT:
        return Owed(one.cohort, one.booked - minor, one.refunded, one.recognised)
    if kind == Kind.RECOGNITION:
        return Owed(one.cohort, one.booked, one.refunded, _plus(one.recognised, month, minor))
    return Owed(one.cohort, one.booked, _plus(one.refunded, month, minor), one.recognised)


def _plus(sums: dict[Month, int], month: Month, minor: int) -> dict[Month, int]:
    return sums | {month: sums.get(month, 0) + minor}


def _recognition(one: Owed, month: Month, zone: ZoneInfo, minor: int) -> Draft:
    cohort = one.cohort
    name = f"{month}:{cohort.currency}:{cohort.frequency}:{cohort.begins}:{cohort.fund}"
    again = f":{len(one.recognised)}" if month in one.recognised else ""
    return Draft(
        source=f"recognition:{name}{again}",
        kind=Kind.RECOGNITION,
        charged=Money(minor, cohort.currency),
        occurred_at=month.last_moment(zone),
        lines=(
            Line(Account.DEFERRED, cohort.currency, minor, cohort.fund),
            Line(Account.INCOME, cohort.currency, -minor, cohort.fund),
        ),
        about=About(frequency=cohort.frequency, cohort=str(cohort.begins)),
    )
