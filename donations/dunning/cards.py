"""When cards expire: asked of Stripe now and then, and told to members in time.

Banks renew most cards by themselves and Stripe learns of it, so Stripe is asked again shortly
before anybody is written to.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, or_, select

from donations.dunning.kinds import Kind
from donations.dunning.models import CardOnFile
from donations.dunning.noting import note
from donations.giving.cancelling import is_cancelled
from donations.giving.memberships import subscription_of
from donations.giving.models import Membership
from donations.giving.states import MembershipState
from donations.jobs.outbox import enqueue_many, room
from donations.kernel.cadence import Frequency, add_months
from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound
from donations.supporters.models import StripeCustomer
from donations.vault.sealed import Forgotten

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.jobs.worker import Handler
    from donations.stripe_gateway.gateway import Gateway
    from donations.vault.keys import MasterKey

CHECK_JOB: Final = "check_card"
TOLD_BEFORE: Final = timedelta(days=30)
_SELDOM: Final = timedelta(days=30)
_OFTEN: Final = timedelta(days=6)
_AT_ONCE: Final = 2000


def expiry_of(session: Session, membership_id: int) -> date | None:
    """The last day the membership's card is good, if that is known."""
    card = session.get(CardOnFile, membership_id)
    return None if card is None else card.expires_on


def look_again(session: Session, customer_index: bytes) -> None:
    """Forget what is known of a customer's cards, because they changed.  The caller commits."""
    theirs = select(StripeCustomer.supporter_id).where(
        StripeCustomer.customer_index == customer_index
    )
    mine = select(Membership.id).where(Membership.supporter_id.in_(theirs))
    session.execute(delete(CardOnFile).where(CardOnFile.membership_id.in_(mine)))


def promise_checks(session: Session, *, now: datetime) -> int:
    """Promise to ask for the cards not looked at for long, or soon over; how many.

    The caller commits.
    """
    soon = (now + TOLD_BEFORE + _OFTEN).date()
    stale = or_(
        CardOnFile.membership_id.is_(None),
        CardOnFile.checked_at < now - _SELDOM,
        (CardOnFile.expires_on <= soon) & (CardOnFile.checked_at < now - _OFTEN),
    )
    found = session.scalars(
        select(Membership.id)
        .outerjoin(CardOnFile, CardOnFile.membership_id == Membership.id)
        .where(Membership.state.in_(("active", "past_due", "paused")), stale)
        .order_by(Membership.id)
        .limit(min(_AT_ONCE, room(session, CHECK_JOB)))
    ).all()
    day = now.date().isoformat()
    work = [(f"{CHECK_JOB}:{number}:{day}", {"membership": number}) for number in found]
    return enqueue_many(session, CHECK_JOB, work, now=now)


def card_checker(gateway: Gateway, master: MasterKey) -> Handler:
    """The job that asks for one card's last day, and owes the notice it calls for."""

    def check(session: Session, arguments: Mapping[str, Any], now: datetime) -> None:
        membership = session.get_one(Membership, arguments["membership"])
        if is_cancelled(membership):
            return
        try:
            subscription = subscription_of(session, master, membership)
        except Forgotten:
            return
        number = membership.id
        session.rollback()
        try:
            expires = gateway.changes.card_expiry(subscription)
        except NotFound:
            return
        begin_write(session)
        session.merge(
            CardOnFile(membership_id=number, expires_on=_last_day(expires), checked_at=now)
        )
        tell_of_card(session, session.get_one(Membership, number), _last_day(expires), now=now)

    return check


def tell_of_card(
    session: Session, membership: Membership, expires: date | None, *, now: datetime
) -> Kind | None:
    """Owe the notice a card calls for that is over or soon will be, once for that day; which.

    Only monthly members are written to: a yearly one reads of it in the notice before the payment.
    Whoever is behind has been told already.  The caller commits.
    """
    quiet = membership.state == MembershipState.PAST_DUE or membership.ends_with_period
    if expires is None or quiet or membership.frequency != Frequency.MONTHLY:
        return None
    today = now.date()
    if expires > today + TOLD_BEFORE:
        return None
    kind = Kind.CARD_EXPIRED if expires < today else Kind.CARD_EXPIRING
    new = note(
        session, membership.id, kind, expires.isoformat(), now=now, next_at=membership.renews_at
    )
    return kind if new else None


def _last_day(month: tuple[int, int] | None) -> date | None:
    """The last day of a year's month: until its end a card is good."""
    if month is None:
        return None
    return add_months(date(*month, 1), 1) - timedelta(days=1)
