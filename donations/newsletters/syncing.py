"""All subscriptions at once: the first full telling of a service, and the file of readers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, func, or_, select

from donations.kernel.errors import GivenUp
from donations.newsletters.models import AudienceMember, Subscription
from donations.newsletters.subscribing import EMAIL_COLUMN
from donations.newsletters.telling import IN, OUT, reader_of
from donations.vault.sealed import Forgotten, open_data_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from donations.newsletters.audiences.audience import Audience, Reader
    from donations.newsletters.links import Links
    from donations.newsletters.telling import Teller
    from donations.vault.keys import MasterKey

_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Told:
    """What a full telling did: how many were told, how many the service will not take."""

    told: int
    refused: int


def to_tell(session: Session, audience: Audience) -> int:
    """How many subscriptions stand otherwise at the service than here."""
    return session.scalar(select(func.count()).select_from(_differing(audience).subquery())) or 0


def tell_all(
    session: Session,
    teller: Teller,
    now: datetime,
    *,
    after_each: Callable[[], None] = lambda: None,
) -> Told:
    """Tell the service of everything it does not know, committing each; stopping loses nothing.

    What the service will never take is counted and passed by.  Raises `TryAgainLater` when the
    service cannot be reached: begin again, and it goes on where it stood.
    """
    audience, told, refused, last = teller.audience, 0, 0, 0
    if audience is None:
        return Told(0, 0)
    while True:
        query = _differing(audience).where(Subscription.id > last).limit(_AT_ONCE)
        rows = [(row.id, row.public_id) for row in session.execute(query)]
        session.rollback()
        for row_id, public_id in rows:
            try:
                told += teller.tell(session, public_id, now)
                session.commit()
            except GivenUp:
                session.rollback()
                refused += 1
            after_each()
            last = row_id
        if len(rows) < _AT_ONCE:
            return Told(told, refused)


def every_reader(
    session: Session, master: MasterKey, links: Links, newsletter: str | None = None
) -> Iterator[Reader]:
    """Every confirmed reader, with their address, of one newsletter or of all.

    Whoever asks for this makes a list of people.
    """
    last = 0
    while True:
        query = (
            select(Subscription)
            .where(Subscription.state == "confirmed", Subscription.id > last)
            .order_by(Subscription.id)
            .limit(_AT_ONCE)
        )
        if newsletter is not None:
            query = query.where(Subscription.newsletter == newsletter)
        rows = session.scalars(query).all()
        for subscription in rows:
            last = subscription.id
            try:
                envelope = open_data_key(session, master, subscription.data_key_id)
            except Forgotten:
                continue  # they left while the file was being written
            yield reader_of(
                subscription, envelope.open(EMAIL_COLUMN, subscription.email_sealed), links
            )
        session.expunge_all()
        if len(rows) < _AT_ONCE:
            return


def _differing(audience: Audience) -> Select[int, str]:
    member = and_(
        AudienceMember.subscription_id == Subscription.id,
        AudienceMember.service == audience.service,
    )
    not_in = or_(
        AudienceMember.id.is_(None), AudienceMember.told == OUT, AudienceMember.told_at.is_(None)
    )
    return (
        select(Subscription.id, Subscription.public_id)
        .outerjoin(AudienceMember, member)
        .where(
            Subscription.newsletter.in_(audience.newsletters),
            or_(
                and_(Subscription.state == "confirmed", not_in),
                and_(Subscription.state != "confirmed", AudienceMember.told == IN),
            ),
        )
        .order_by(Subscription.id)
    )
