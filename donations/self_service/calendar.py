"""When a membership is paid next, whatever was paused, skipped or moved.

Stripe counts from the day it began, in UTC, and a month that lacks the day takes its last one
(docs.stripe.com/billing/subscriptions/billing-cycle).  From the period we know we count on by whole
months, which differs from Stripe only where a 31st comes back after a shorter month: a date further
ahead than the next payment is told as Stripe's own answer once it comes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from donations.giving.states import MembershipState
from donations.kernel.cadence import Frequency, later

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from donations.giving.models import Membership

MOST_MONTHS: Final = 12
_MONTHS_OF: Final = {Frequency.MONTHLY: 1, Frequency.ANNUAL: 12}
_AFTER: Final = timedelta(days=1)  # an invoice is final an hour after the period's end
_FARTHEST: Final = 240


def next_payment(membership: Membership, now: datetime) -> datetime | None:
    """When money is taken next: the first due date outside a pause; None if none is known."""
    due, ends = membership.renews_at, membership.ends_at
    if due is None or membership.state in {MembershipState.ENDED, MembershipState.INCOMPLETE}:
        return None
    if membership.ends_with_period and (ends is None or ends <= due):
        return None
    if membership.state != MembershipState.PAUSED:
        return due
    if membership.resumes_at is None:
        return None
    return first_due_after(due, membership, max(membership.resumes_at, now))


def first_due_after(due: datetime, membership: Membership, moment: datetime) -> datetime:
    """The first due date, counted from `due`, that is not before `moment`."""
    step = _MONTHS_OF[Frequency(membership.frequency)]
    for times in range(_FARTHEST):
        found = later(due, step * times)
        if found >= moment:
            return found
    return due


def pause_until(due: datetime, payments: int, frequency: Frequency) -> datetime:
    """Until when nothing must be taken, for this many payments to be left out."""
    return later(due, _MONTHS_OF[frequency] * (payments - 1)) + _AFTER


def latest_move(due: datetime, frequency: Frequency) -> datetime:
    """The last moment to which a payment due then may be moved: one interval later."""
    return later(due, _MONTHS_OF[frequency])


def at_day(day: date, like: datetime, zone: ZoneInfo) -> datetime:
    """The moment on `day` in the newsroom's zone, at the time of day it was taken before."""
    clock = like.astimezone(zone).time()
    return datetime.combine(day, clock, tzinfo=zone).astimezone(like.tzinfo)
