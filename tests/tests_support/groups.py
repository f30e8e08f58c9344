"""Groups as the tests need them: a member of a tier whose payments cover so many seats."""

from __future__ import annotations

from datetime import timedelta

from donations.entitlements.seats import choose_seats
from donations.giving.models import Gift, Membership
from donations.kernel.database import begin_write
from donations.tiers.models import Tier
from tests_support.gifting import VERA, tier
from tests_support.members import give, join

PRICE = 1000


def member(session, master, now, name="abcdefghjkmn", *, minor=PRICE, email=VERA, **more):
    """A member of the tier, before their first payment is noted; the row."""
    row = join(session, master, now, name, minor=minor, email=email, **more)
    found = session.query(Tier).order_by(Tier.id).first() or tier(session, now)
    row.tier_id = found.id
    session.commit()
    return row


def pay(session, membership, now, minor=None, number=None):
    """A payment of the membership at an amount, which the membership then has; committed."""
    if minor is not None:
        membership.amount_minor = minor
        session.commit()
    count = session.query(Gift).filter_by(membership_id=membership.id).count()
    paid = give(session, membership, now, number or count + 1)
    paid.tier_id = membership.tier_id
    session.commit()
    return paid


def group(session, master, now, *, seats, paid=None, name="abcdefghjkmn", **more):
    """A group whose last payment covers `paid` seats, all of them unless said otherwise."""
    membership = member(session, master, now, name, **more)
    number = membership.id
    pay(session, membership, now, PRICE)
    begin_write(session)
    held = choose_seats(session, number, seats, now=now + timedelta(seconds=1))
    covered = seats if paid is None else paid
    if covered > 1:
        membership = session.get_one(Membership, number)
        pay(session, membership, now + timedelta(seconds=2), PRICE * covered)
    return held
