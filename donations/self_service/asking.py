"""Asking something of a membership: written down at once, carried out at Stripe by a job.

Each of these commits.  Asking the same twice is asking once; asking otherwise replaces what was not
carried out yet.  Raises `NotFound`, and `NotAllowed` with `not_now`, `ended`, `nothing_changes` or
`no_date`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from donations.giving import cancelling
from donations.giving.cancelling import is_cancelled
from donations.giving.models import Membership
from donations.kernel.cadence import Frequency, later
from donations.kernel.database import begin_write, writing
from donations.kernel.errors import FieldRefused, NotAllowed, NotFound
from donations.self_service.actions import Action, Standing, allowed, describe
from donations.self_service.calendar import MOST_MONTHS, at_day, latest_move, pause_until
from donations.self_service.orders import drop_order, open_orders, place_order

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from donations.giving.price_list import PriceList
    from donations.kernel.money import Money

ENDED_JOB: Final = "membership_ended"
_AMOUNT: Final = "amount"


def change_amount(
    session: Session, public_id: str, amount: Money, *, prices: PriceList, via: str, now: datetime
) -> Standing:
    """Give another amount from the next payment on.  Raises `BadAmount` too."""

    def arguments(membership: Membership) -> Mapping[str, Any]:
        _in_bounds(prices, membership, amount, Frequency(membership.frequency))
        if amount == membership.amount:
            raise NotAllowed("nothing_changes")
        return {"amount_minor": amount.minor, "frequency": membership.frequency}

    return _order(session, public_id, Action.AMOUNT, arguments, via=via, now=now)


def switch_frequency(
    session: Session,
    public_id: str,
    frequency: Frequency,
    amount: Money,
    *,
    prices: PriceList,
    via: str,
    now: datetime,
) -> Standing:
    """Give at another rhythm from the next payment on; nothing is taken before."""

    def arguments(membership: Membership) -> Mapping[str, Any]:
        if not frequency.recurring:
            raise FieldRefused("frequency", "not_offered")
        if frequency == membership.frequency:
            raise NotAllowed("nothing_changes")
        _in_bounds(prices, membership, amount, frequency)
        return {"amount_minor": amount.minor, "frequency": frequency.value}

    return _order(session, public_id, Action.FREQUENCY, arguments, via=via, now=now)


def pause(session: Session, public_id: str, months: int, *, via: str, now: datetime) -> Standing:
    """Take nothing for 1 to 12 months.

    A monthly gift leaves out so many payments; the next payment of a yearly one comes so much
    later.  Raises `FieldRefused` for another number.
    """

    def arguments(membership: Membership) -> Mapping[str, Any]:
        if not 1 <= months <= MOST_MONTHS:
            raise FieldRefused("months", "not_offered")
        due = _due(membership, now)
        if membership.frequency == Frequency.ANNUAL:
            return {"move_to": later(due, months).isoformat()}
        return {"until": pause_until(due, months, Frequency.MONTHLY).isoformat()}

    return _order(session, public_id, Action.PAUSE, arguments, via=via, now=now)


def skip(session: Session, public_id: str, *, via: str, now: datetime) -> Standing:
    """Leave out exactly the next payment."""

    def arguments(membership: Membership) -> Mapping[str, Any]:
        until = pause_until(_due(membership, now), 1, Frequency(membership.frequency))
        return {"until": until.isoformat()}

    return _order(session, public_id, Action.SKIP, arguments, via=via, now=now)


def resume(session: Session, public_id: str, *, via: str, now: datetime) -> Standing:
    """End a pause; the next payment is taken when it falls due."""
    return _order(session, public_id, Action.RESUME, lambda _: {}, via=via, now=now)


def move(
    session: Session, public_id: str, day: date, *, zone: ZoneInfo, via: str, now: datetime
) -> Standing:
    """Take the next payment on `day` in the newsroom's zone, and the later ones counted from it.

    From tomorrow up to one interval after the present date.  Raises `FieldRefused` otherwise.
    """

    def arguments(membership: Membership) -> Mapping[str, Any]:
        due = _due(membership, now)
        latest = latest_move(due, Frequency(membership.frequency)).astimezone(zone).date()
        if not now.astimezone(zone).date() < day <= latest:
            raise FieldRefused("day", "not_offered", latest=latest)
        if day == due.astimezone(zone).date():
            raise NotAllowed("nothing_changes")
        return {"move_to": at_day(day, due, zone).isoformat()}

    return _order(session, public_id, Action.MOVE, arguments, via=via, now=now)


def cancel(
    session: Session, public_id: str, *, at_period_end: bool = False, via: str, now: datetime
) -> Standing:
    """End it: now, or when the time paid for is over.  Asking twice is asking once."""
    if at_period_end:
        return _order(session, public_id, Action.CANCEL, lambda _: {}, via=via, now=now)
    _drop_open(session, public_id, now)
    membership = cancelling.cancel(session, public_id, now=now, letter=ENDED_JOB)
    return describe(session, membership, now=now)


def keep(session: Session, public_id: str, *, via: str, now: datetime) -> Standing:
    """Take back an end that was planned for the period's end."""
    return _order(session, public_id, Action.KEEP, lambda _: {}, via=via, now=now)


def _order(
    session: Session,
    public_id: str,
    action: Action,
    arguments: Callable[[Membership], Mapping[str, Any]],
    *,
    via: str,
    now: datetime,
) -> Standing:
    """Write the order and its job, or find the same one that waits already; commit."""
    with writing(session):
        membership = _held(session, public_id)
        if action not in allowed(membership):
            raise NotAllowed("ended" if is_cancelled(membership) else "not_now")
        place_order(session, membership, action, dict(arguments(membership)), via, now)
    return describe(session, membership, now=now)


def _drop_open(session: Session, public_id: str, now: datetime) -> None:
    begin_write(session)
    for waiting in open_orders(session, _held(session, public_id)):
        drop_order(waiting, now)
    session.commit()


def _held(session: Session, public_id: str) -> Membership:
    found = select(Membership).where(Membership.public_id == public_id).with_for_update()
    membership = session.scalar(found)
    if membership is None:
        raise NotFound
    return membership


def _due(membership: Membership, now: datetime) -> datetime:
    if membership.renews_at is None or membership.renews_at <= now:
        raise NotAllowed("no_date")  # a payment is under way, and Stripe has not told of the next
    return membership.renews_at


def _in_bounds(
    prices: PriceList, membership: Membership, amount: Money, frequency: Frequency
) -> None:
    if amount.currency != membership.currency:
        raise FieldRefused(_AMOUNT, "other_currency")
    prices.ask(amount.currency, frequency).check(amount)
