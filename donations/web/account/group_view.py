"""What the page of a group shows: to its holder, and to those who have a seat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import g
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from donations.entitlements.gift_offers import tier_name
from donations.entitlements.group_models import GroupSeat
from donations.entitlements.group_states import SeatState
from donations.entitlements.inviting import email_of
from donations.entitlements.seat_standing import living_seats
from donations.entitlements.seats import group_of, paid_seats, quotes, tier_of
from donations.giving.holdings import memberships_of
from donations.giving.states import MembershipState
from donations.kernel.database import db
from donations.kernel.errors import NotAllowed
from donations.kernel.wording import day_text, money_text
from donations.self_service.actions import Action, describe
from donations.tiers.models import Tier
from donations.web.house import house
from donations.web.public.ask_words import order_label

if TYPE_CHECKING:
    from datetime import datetime

    from donations.entitlements.group_models import MembershipGroup
    from donations.giving.models import Membership
    from donations.self_service.actions import Standing


@dataclass(frozen=True, slots=True)
class SeatView:
    """A seat as its group's holder sees it, or whoever has it."""

    public_id: str
    label: str
    taken: bool
    day: str


@dataclass(frozen=True, slots=True)
class GroupView:
    """A membership that is a group or may become one.

    `number` tells its fields from another's, `choices` are numbers of seats with what they cost.
    `paid` counts the holder's own seat; `free` how many more may be invited now.
    """

    number: int
    membership: str
    label: str
    tier: str
    is_group: bool
    wanted: int
    paid: int
    free: int
    next_on: str | None
    changing: bool
    may_change: bool
    choices: tuple[tuple[int, str], ...]
    seats: tuple[SeatView, ...]
    problems: Mapping[str, Any]


def group_views(problems: Mapping[str, Mapping[str, Any]]) -> list[GroupView]:
    """Those of the supporter who is signed in; only memberships of a tier that has a price."""
    session = db.session()
    living = [
        one
        for one in memberships_of(session, g.supporter.id)
        if one.state not in {MembershipState.ENDED, MembershipState.INCOMPLETE}
        and tier_of(session, one) is not None
    ]
    views = [
        _view(number, one, problems.get(one.public_id, {}))
        for number, one in enumerate(living, start=1)
    ]
    return [view for view in views if view.is_group or view.choices]


def seat_views() -> list[SeatView]:
    """The seats the supporter has in groups of others."""
    mine = select(GroupSeat).where(
        GroupSeat.supporter_id == g.supporter.id, GroupSeat.state == SeatState.TAKEN.value
    )
    newsroom = house().newsroom
    return [
        SeatView(
            seat.public_id,
            tier_name(seat.group.tier, newsroom, g.language),
            taken=True,
            day=_day(seat.taken_at or seat.invited_at),
        )
        for seat in db.session().scalars(mine.order_by(GroupSeat.id))
    ]


def _view(number: int, membership: Membership, problems: Mapping[str, Any]) -> GroupView:
    session, newsroom = db.session(), house().newsroom
    stands = describe(session, membership, now=house().clock.now())
    group = group_of(session, membership.id)
    tier = session.get_one(Tier, tier_of(session, membership))
    seats = () if group is None else tuple(_seats(group))
    paid = 1 if group is None else paid_seats(session, group)
    return GroupView(
        number=number,
        membership=membership.public_id,
        label=order_label(stands.frequency, money_text(stands.amount, g.language)),
        tier=tier_name(tier, newsroom, g.language),
        is_group=group is not None,
        wanted=1 if group is None else group.seats,
        paid=paid,
        free=max(0, paid - 1 - len(seats)),
        next_on=None if stands.next_at is None else _day(stands.next_at),
        changing=stands.pending is not None,
        may_change=Action.AMOUNT in stands.allowed and stands.pending is None,
        choices=tuple(_choices(membership, stands)),
        seats=seats,
        problems=problems,
    )


def _choices(membership: Membership, stands: Standing) -> list[tuple[int, str]]:
    """Each number of seats with the payment there would be, as far as our bounds go."""
    found = []
    ask = house().price_list.ask(stands.amount.currency, stands.frequency)
    try:
        offered = quotes(db.session(), membership)
    except NotAllowed:
        return []
    for one in offered:
        if one.amount.minor > ask.maximum:
            break
        cost = order_label(stands.frequency, money_text(one.amount, g.language))
        words = ngettext("%(num)s seat: %(cost)s", "%(num)s seats: %(cost)s", one.seats, cost=cost)
        found.append((one.seats, words))
    return found


def _seats(group: MembershipGroup) -> list[SeatView]:
    master = house().master
    return [
        SeatView(
            seat.public_id,
            email_of(master, seat) or _("An address that was forgotten"),
            taken=seat.state == SeatState.TAKEN,
            day=_day(seat.expires_at if seat.state == SeatState.INVITED else seat.invited_at),
        )
        for seat in living_seats(db.session(), group)
    ]


def _day(moment: datetime) -> str:
    return day_text(moment.astimezone(house().newsroom.zone).date(), g.language)
