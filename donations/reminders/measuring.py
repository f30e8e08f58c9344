"""What reminders do: set, sent, opened and given, against those held back, honest about few.

Held back are some of the reminders for a month, drawn by a keyed hash; their letters go out two
weeks later in the same month.  What both gave in the two weeks before that is compared: the one
difference between them is the letter.  A reminder is compared once those two weeks are over, unless
it had ended before they began: by then its reader had given or cancelled, and no letter could tell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, case, false, func, literal, not_, or_, select

from donations.reminders.models import Reminder
from donations.reminders.timing import HELD_BACK_FOR, due_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from donations.kernel.months import Month

BY: Final = ("all", "placement", "stage", "language", "campaign")
_Z: Final = 1.959963984540054  # 95 %


@dataclass(frozen=True, slots=True)
class Interval:
    """A share, or a difference of two, with the bounds of its 95 % interval; all from -1 to 1."""

    middle: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Measure:
    """The reminders of one group; `by` names it, empty for all or none.

    `given_rate` is of those whose letter went out on time and is two weeks old, `held_rate` of
    those held back meanwhile; None where there are none.
    """

    by: str
    set: int
    sent: int
    opened: int
    gave: int
    compared: int
    compared_gave: int
    held: int
    held_gave: int
    given_rate: Interval | None
    held_rate: Interval | None
    difference: Interval | None


def measure(
    session: Session, first: Month, last: Month, by: str, *, zone: ZoneInfo, now: datetime
) -> tuple[Measure, ...]:
    """The reminders whose first letter was promised for these months, grouped by one of `BY`."""
    group: ColumnElement[str] = literal("") if by == "all" else getattr(Reminder, by)
    statement = (
        select(group.label("by"), *_counts(first, last, zone, now))
        .where(Reminder.month.between(first.first_day, last.first_day))
        .group_by(group)
        .order_by(group)
    )
    return tuple(_measured(row) for row in session.execute(statement))


def _counts(first: Month, last: Month, zone: ZoneInfo, now: datetime) -> list[ColumnElement[int]]:
    drawn = and_(Reminder.drawn, _by_month(first, last, zone, lambda at: _stood(at, now)))
    in_time = and_(drawn, _by_month(first, last, zone, _gave_within_two_weeks))
    counted = {
        "set": literal(1) == 1,
        "sent": Reminder.sent > 0,
        "opened": Reminder.opened_at.is_not(None),
        "gave": Reminder.gave_at.is_not(None),
        "compared": and_(drawn, Reminder.held_back.is_(False)),
        "compared_gave": and_(in_time, Reminder.held_back.is_(False)),
        "held": and_(drawn, Reminder.held_back.is_(True)),
        "held_gave": and_(in_time, Reminder.held_back.is_(True)),
    }
    return [
        func.sum(case((condition, 1), else_=0)).label(name) for name, condition in counted.items()
    ]


def _by_month(
    first: Month, last: Month, zone: ZoneInfo, ask: Callable[[datetime], ColumnElement[bool]]
) -> ColumnElement[bool]:
    """What is asked of each reminder, given the moment the letters of its month went out."""
    cases = [
        (Reminder.month == month.first_day, ask(due_at(month.first_day, zone)))
        for month in _months(first, last)
    ]
    return case(*cases, else_=literal(0) == 1)


def _stood(at: datetime, now: datetime) -> ColumnElement[bool]:
    """Whether a promise stood at the moment `at`, two weeks ago or more."""
    if at + HELD_BACK_FOR > now:
        return false()
    gave_before = and_(Reminder.state == "given", Reminder.gave_at.is_(None))
    return and_(
        or_(Reminder.cancelled_at.is_(None), Reminder.cancelled_at >= at), not_(gave_before)
    )


def _gave_within_two_weeks(at: datetime) -> ColumnElement[bool]:
    return and_(Reminder.gave_at >= at, Reminder.gave_at < at + HELD_BACK_FOR)


def _months(first: Month, last: Month) -> list[Month]:
    count = (last.year - first.year) * 12 + last.month - first.month
    return [first.later(number) for number in range(count + 1)]


def _measured(row: Any) -> Measure:  # noqa: ANN401 - a row of the query above
    compared, gave, held, held_gave = (
        int(row.compared),
        int(row.compared_gave),
        int(row.held),
        int(row.held_gave),
    )
    return Measure(
        by=row.by,
        set=int(row.set),
        sent=int(row.sent),
        opened=int(row.opened),
        gave=int(row.gave),
        compared=compared,
        compared_gave=gave,
        held=held,
        held_gave=held_gave,
        given_rate=rate(gave, compared),
        held_rate=rate(held_gave, held),
        difference=difference(gave, compared, held_gave, held),
    )


def rate(hits: int, of: int) -> Interval | None:
    """A share with Wilson's score interval, which holds for small numbers too.

    Source: E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference,
    Journal of the American Statistical Association 22 (1927), 209-212.
    """
    if not of:
        return None
    share, z2 = hits / of, _Z * _Z
    centre = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return Interval(share, max(0.0, centre - half), min(1.0, centre + half))


def difference(hits: int, of: int, other_hits: int, other_of: int) -> Interval | None:
    """How much larger one share is than another, with Newcombe's hybrid score interval.

    Source: R. G. Newcombe, Interval Estimation for the Difference between Independent Proportions,
    Statistics in Medicine 17 (1998), 873-890, method 10.
    """
    one, other = rate(hits, of), rate(other_hits, other_of)
    if one is None or other is None:
        return None
    middle = one.middle - other.middle
    low = middle - math.hypot(one.middle - one.low, other.high - other.middle)
    high = middle + math.hypot(one.high - one.middle, other.middle - other.low)
    return Interval(middle, max(-1.0, low), min(1.0, high))
