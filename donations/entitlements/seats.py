"""A membership that pays for several people: how many seats, what they cost, how many are paid.

Seats are paid with the membership's next payment and not before: what counts is the last payment
that came, not what was asked for.  So nobody has a seat that was not paid for, and nobody loses one
before the time it was paid for is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.entitlements import granting
from donations.entitlements.gift_offers import price_minor
from donations.entitlements.group_models import MembershipGroup
from donations.entitlements.paid_time import last_payment
from donations.entitlements.states import Origin
from donations.giving.kept import kept_minor
from donations.giving.models import Membership
from donations.giving.states import MembershipState
from donations.kernel.database import begin_write
from donations.kernel.errors import FieldRefused, NotAllowed, NotFound
from donations.kernel.ids import public_id
from donations.kernel.money import Money

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

FEWEST: Final = 2
MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Quote:
    """What a number of seats costs: each, and the whole payment there would be."""

    seats: int
    price: Money
    amount: Money


def group_of(session: Session, membership_id: int) -> MembershipGroup | None:
    """The living group of a membership."""
    return session.scalar(
        select(MembershipGroup).where(
            MembershipGroup.membership_id == membership_id, MembershipGroup.ended_at.is_(None)
        )
    )


def tier_of(session: Session, membership: Membership) -> int | None:
    """The tier a membership's seats are of: its group's, else its own."""
    group = group_of(session, membership.id)
    return membership.tier_id if group is None else group.tier_id


def quotes(session: Session, membership: Membership) -> tuple[Quote, ...]:
    """What each number of seats there may be would cost from the next payment on.

    A membership that pays more than its first seats cost goes on paying that.  Raises `NotAllowed`:
    `ended`, or `no_tier` where the membership has no tier with a price.
    """
    if membership.state == MembershipState.ENDED:
        raise NotAllowed("ended")
    group, tier_id = group_of(session, membership.id), tier_of(session, membership)
    frequency, currency = membership.frequency, membership.currency
    each = None if tier_id is None else price_minor(session, tier_id, frequency, currency)
    if each is None:
        raise NotAllowed("no_tier")
    fewest, least = (FEWEST, membership.amount_minor) if group is None else (1, 0)
    return tuple(
        Quote(seats, Money(each, currency), Money(max(each * seats, least), currency))
        for seats in range(fewest, MOST + 1)
    )


def quote(session: Session, membership: Membership, seats: int) -> Quote:
    """One of the `quotes`.  Raises `FieldRefused` for another number of seats too."""
    offered = quotes(session, membership)
    found = next((one for one in offered if one.seats == seats), None)
    if found is None:
        raise FieldRefused("seats", "not_offered", fewest=offered[0].seats, most=MOST)
    return found


def choose_seats(
    session: Session, membership_id: int, seats: int, *, now: datetime
) -> MembershipGroup:
    """Make the membership a group of so many, or the group it is larger or smaller.  Commits.

    The amount is changed by its own order; until it is paid the seats there are stay.  Raises as
    `quote` does, and `NotFound`.
    """
    begin_write(session)
    membership = _held(session, membership_id)
    chosen = quote(session, membership, seats)
    group = group_of(session, membership_id)
    if group is None:
        group = _made(session, membership, chosen, now)
    else:
        group.seats_before, group.price_before_minor = in_force(session, group)
        group.seats, group.price_minor = seats, chosen.price.minor
        group.frequency, group.currency = membership.frequency, chosen.price.currency
        group.changed_at = now
    session.commit()
    return group


def in_force(session: Session, group: MembershipGroup) -> tuple[int, int]:
    """How many seats are wanted and what each cost, as of the last payment that came."""
    last = last_payment(session, group.membership)
    if last is not None and last.received_at > group.changed_at:
        return group.seats, group.price_minor
    if last is None:
        return group.seats_before, group.price_before_minor
    cheaper = min(group.price_minor, group.price_before_minor)
    return max(group.seats, group.seats_before), cheaper


def paid_seats(session: Session, group: MembershipGroup) -> int:
    """How many seats the last payment covers, the holder's own among them; 0 once it is over.

    What went back of the payment covers nothing.
    """
    if group.ended_at is not None or is_over(session, group.membership):
        return 0
    last = last_payment(session, group.membership)
    if last is None:
        return 1
    wanted, each = in_force(session, group)
    if (last.frequency, last.currency) != (group.frequency, group.currency):
        # The rhythm was changed since: that payment is measured by what a seat costs at its own.
        each = price_minor(session, group.tier_id, last.frequency, last.currency) or 0
    covered = kept_minor(last) // each if each else 1
    return max(1, min(wanted, covered))


def is_over(session: Session, membership: Membership) -> bool:
    """Whether the membership has ended and gives its own supporter nothing any more."""
    if membership.state != MembershipState.ENDED:
        return False
    return granting.current(session, Origin.MEMBERSHIP, membership.id) is None


def _made(
    session: Session, membership: Membership, chosen: Quote, now: datetime
) -> MembershipGroup:
    """The group's row; a membership has one, and one that had ended is made anew."""
    found = select(MembershipGroup).where(MembershipGroup.membership_id == membership.id)
    group = session.scalar(found)
    if group is None:
        group = MembershipGroup(public_id=public_id(), membership_id=membership.id, made_at=now)
    assert membership.tier_id is not None  # noqa: S101 - there is a quote of it
    group.tier_id = membership.tier_id
    group.seats = group.seats_before = chosen.seats  # who pays for them already has them at once
    group.price_minor = group.price_before_minor = chosen.price.minor
    group.frequency, group.currency = membership.frequency, chosen.price.currency
    group.changed_at, group.ended_at = now, None
    session.add(group)
    session.flush()
    return group


def _held(session: Session, membership_id: int) -> Membership:
    found = select(Membership).where(Membership.id == membership_id).with_for_update()
    membership = session.scalar(found)
    if membership is None:
        raise NotFound
    return membership
